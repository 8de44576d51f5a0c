// SPDX-License-Identifier: MIT
#include "objectives/parts/target.hpp"

#include <algorithm>

#include "core/vector_math.hpp"
#include "tensor/device_simd.hpp"

namespace mf {
namespace {

/// Below this noise level a state belongs to one sample only.
constexpr float kLeastNoise = 1e-3F;

/// x̂ (D) = Σ_j w_j x_j for one z; `x` holds the K candidates by dimension, (D, K); `w` (K) is work space.
void posterior_mean(float* mean, const float* z, float s, const float* x, std::int64_t K, std::int64_t D,
                    float* w) {
    std::fill_n(w, K, 0.0F);
    for (std::int64_t d = 0; d < D; ++d) {
        const float *xd = x + d * K, zd = z[d] / s, shrink = (1.0F - s) / s;
        for (std::int64_t j = 0; j < K; ++j) {
            const float a = zd - shrink * xd[j];
            w[j] += a * a;
        }
    }
    float nearest = w[0], sum = 0;
    for (std::int64_t j = 1; j < K; ++j) nearest = std::min(nearest, w[j]);
    for (std::int64_t j = 0; j < K; ++j) w[j] = fast_exp(0.5F * (nearest - w[j]));
    FloatVector sums{};
    const std::int64_t whole = K / kVectorFloats * kVectorFloats;
    const auto total = [&](auto term) {
        sums = FloatVector{};
        for (std::int64_t j = 0; j < whole; j += kVectorFloats)
            for (int lane = 0; lane < kVectorFloats; ++lane) sums[lane] += term(j + lane);
        float out = 0;
        for (int lane = 0; lane < kVectorFloats; ++lane) out += sums[lane];
        for (std::int64_t j = whole; j < K; ++j) out += term(j);
        return out;
    };
    sum = total([&](std::int64_t j) { return w[j]; });
    for (std::int64_t d = 0; d < D; ++d)
        mean[d] = total([&, xd = x + d * K](std::int64_t j) { return w[j] * xd[j]; }) / sum;
}

}  // namespace

Tensor Target::velocity(const Context& context, const Path& path, const Draws& draws, const Tensor& z,
                        const Tensor& v) const {
    if (references == 0) return v;
    check(!draws.references.empty(), "[target] the draws hold no reference samples");
    const std::int64_t rows = z.rows(), D = z.cols(), K = references;
    const std::int64_t groups = draws.references.rows() / K;
    Tensor by_dimension = context.make({groups, D, K}), weights = context.make({K}),
           out = context.make({rows, D});
    Tensor mean = context.make({D});
    const float* from = draws.references.f32();
    float* turned = by_dimension.f32();
    for (std::int64_t g = 0; g < groups; ++g)
        for (std::int64_t j = 0; j < K; ++j)
            for (std::int64_t d = 0; d < D; ++d) turned[(g * D + d) * K + j] = from[(g * K + j) * D + d];
    for (std::int64_t i = 0; i < rows; ++i) {
        const float t = draws.t.f32()[i], s = path.is_reverse() ? t : 1.0F - t;
        const float *zi = z.f32() + i * D, *vi = v.f32() + i * D;
        float* to = out.f32() + i * D;
        if (s < kLeastNoise) {
            std::copy_n(vi, D, to);
            continue;
        }
        const std::int64_t group = (draws.row_in_group + i) / K;
        posterior_mean(mean.f32(), zi, s, by_dimension.f32() + group * D * K, K, D, weights.f32());
        const float sign = path.is_reverse() ? 1.0F : -1.0F;
        for (std::int64_t d = 0; d < D; ++d) to[d] = sign * (zi[d] - mean.f32()[d]) / s;
    }
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
