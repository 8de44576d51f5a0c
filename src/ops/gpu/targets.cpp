// SPDX-License-Identifier: MIT
#include "ops/gpu/kernel_call.hpp"

namespace mf {
namespace {

/// Below this noise level a state belongs to one sample only.
constexpr float kLeastNoise = 1e-3F;

static_assert(sizeof(GuidedRow) == 32 && offsetof(GuidedRow, conditional_row) == 24 &&
                  offsetof(GuidedRow, null_row) == 28,
              "targets.cl reads a row as four doubles and as eight ints");

}  // namespace

void GpuDevice::mix_by_time(Into z, View a, View b, View t) {
    run(gpu::by_number("targets", "mix_by_time", z.count()), gpu::Floats(z), gpu::Floats(a), gpu::Floats(b),
        gpu::Floats(t), z.cols, z.count());
}

void GpuDevice::guide(Into target, View v, View theta, const GuidedRow* rows) {
    if (v.count() == 0) return;
    const void* const own = rows_of_host(rows, v.rows);
    run(gpu::by_number("targets", "guide", v.count()), gpu::Floats(target), gpu::Floats(v),
        gpu::Floats(theta), gpu::Doubles{own}, gpu::Ints(own), v.cols, v.count());
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
