// SPDX-License-Identifier: MIT
#include "objectives/parts/target.hpp"

#include <algorithm>

#include "objectives/parts/posterior_mean.hpp"
#include "ops/cpu/cpu_device.hpp"

namespace mf {
namespace {

/// Below this noise level a state belongs to one sample only.
constexpr float kLeastNoise = 1e-3F;

}  // namespace

Tensor Target::velocity(const Context& context, const Path& path, const Draws& draws, const Tensor& z,
                        const Tensor& v) const {
    if (references == 0) return v;
    check(!draws.references.empty(), "[target] the draws hold no reference samples");
    const std::int64_t rows = z.rows(), D = z.cols(), K = references;
    const std::int64_t groups = draws.references.rows() / K;
    Candidates candidates(context.pool, draws.references.f32(), groups, K, D,
                          cpu::team_of(context.device).size());
    Tensor out = context.make({rows, D});
    const float sign = path.is_reverse() ? 1.0F : -1.0F;
    cpu::team_of(context.device).run([&](int thread) {
        const std::int64_t end = rows * (thread + 1) / cpu::team_of(context.device).size();
        for (std::int64_t i = rows * thread / cpu::team_of(context.device).size(); i < end; ++i) {
            const float t = draws.t.f32()[i], s = path.is_reverse() ? t : 1.0F - t;
            const float* zi = z.f32() + i * D;
            float* to = out.f32() + i * D;
            if (s < kLeastNoise) {
                std::copy_n(v.f32() + i * D, D, to);
                continue;
            }
            candidates.posterior_mean(to, zi, s, (draws.row_in_group + i) / K, thread);
            for (std::int64_t d = 0; d < D; ++d) to[d] = sign * (zi[d] - to[d]) / s;
        }
    });
    return out;
}

OptionTable Target::options() {
    return {
        {"objective.target",
         OptionKind::text,
         "sample",
         "regress on: sample (e - x of the row) or stable (E[e - x | z_t] over objective.references samples)",
         0,
         0,
         {"sample", "stable"}},
        {"objective.references", OptionKind::integer, "256",
         "stable: samples of the batch among which the source of z_t is looked for", 1, 1 << 20}};
}

Target Target::make(const Settings& settings) {
    return {settings.text("objective.target") == "stable" ? settings.integer("objective.references") : 0};
}

}  // namespace mf
