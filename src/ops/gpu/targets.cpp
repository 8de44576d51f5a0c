// SPDX-License-Identifier: MIT
#include <vector>

#include "ops/gpu/kernel_call.hpp"

namespace mf {
namespace {

/// Below this noise level a state belongs to one sample only.
constexpr float kLeastNoise = 1e-3F;

/// What targets.cl reads, as four pairs and as eight ints.
struct GuidedPairs {
    gpu::Pair own, conditional, null;
    std::int32_t conditional_row, null_row;
};
static_assert(sizeof(GuidedPairs) == 32);

}  // namespace

void GpuDevice::mix_by_time(Into z, View a, View b, View t) {
    run(gpu::by_number("targets", "mix_by_time", z.count()), gpu::Floats(z), gpu::Floats(a), gpu::Floats(b),
        gpu::Floats(t), z.cols, z.count());
}

void GpuDevice::guide(Into target, View v, View theta, const GuidedRow* rows) {
    if (v.count() == 0) return;
    std::vector<GuidedPairs> pairs;
    pairs.reserve(static_cast<std::size_t>(v.rows));
    for (const GuidedRow& row : std::span(rows, static_cast<std::size_t>(v.rows)))
        pairs.push_back({gpu::Pair::of(row.own), gpu::Pair::of(row.conditional), gpu::Pair::of(row.null),
                         row.conditional_row, row.null_row});
    const void* const own = rows_of_host(pairs.data(), v.rows);
    run(gpu::by_number("targets", "guide", v.count()), gpu::Floats(target), gpu::Floats(v),
        gpu::Floats(theta), gpu::Pairs{own}, gpu::Ints(own), v.cols, v.count());
}

void GpuDevice::posterior_velocity(const PosteriorPass& pass, Pool&) {
    const std::int64_t rows = pass.z.rows, cols = pass.z.cols, number = pass.per_group;
    if (rows == 0) return;
    const gpu::Floats weights(scratch(static_cast<std::size_t>(rows * number) * sizeof(float)));
    const std::int32_t noise_at_one = pass.noise_at_one ? 1 : 0;
    run(gpu::by_number("targets", "posterior_squares", rows * number), weights, gpu::Floats(pass.z),
        gpu::Floats(pass.t), gpu::Floats(pass.candidates), pass.first_in_group, noise_at_one, number, cols,
        rows * number);
    run(gpu::by_row("targets", "posterior_weights", rows), weights, rows, number);
    run(gpu::by_number("targets", "posterior_velocity", rows * cols), gpu::Floats(pass.velocity), weights,
        gpu::Floats(pass.z), gpu::Floats(pass.v), gpu::Floats(pass.t), gpu::Floats(pass.candidates),
        pass.first_in_group, noise_at_one, kLeastNoise, number, cols, rows * cols);
}

void GpuDevice::mix_guidance(Into own, View null, const float* omega) {
    if (own.count() == 0) return;
    run(gpu::by_number("targets", "mix_guidance", own.count()), gpu::Floats(own), gpu::Floats(null),
        gpu::Floats(rows_of_host(omega, own.rows)), own.cols, own.count());
}

}  // namespace mf
