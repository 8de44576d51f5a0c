// SPDX-License-Identifier: MIT
// What objectives and samplers make of states and velocities, row by row.
#include <algorithm>
#include <cmath>

#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/posterior_mean.hpp"

namespace mf {
namespace {

/// Below this noise level a state belongs to one sample only.
constexpr float kLeastNoise = 1e-3F;

}  // namespace

void CpuDevice::mix_by_time(Into z, View start, View end, View t) {
    const std::int64_t cols = z.cols;
    const float *a = start.f32(), *b = end.f32(), *times = t.f32();
    float* to = z.f32();
    for (std::int64_t i = 0; i < z.rows; ++i)
        for (std::int64_t j = i * cols; j < (i + 1) * cols; ++j)
            to[j] = (1.0F - times[i]) * a[j] + times[i] * b[j];
}

void CpuDevice::guide(Into target, View v, View theta, const GuidedRow* rows) {
    const std::int64_t cols = v.cols;
    for (std::int64_t i = 0; i < v.rows; ++i) {
        const GuidedRow& f = rows[i];
        const float* own = v.f32() + i * cols;
        float* to = target.f32() + i * cols;
        if (std::isnan(f.own)) {
            std::copy_n(own, cols, to);
            continue;
        }
        for (std::int64_t j = 0; j < cols; ++j) {
            double sum = f.own * own[j];
            if (f.conditional != 0) sum += f.conditional * theta.f32()[f.conditional_row * cols + j];
            if (f.null != 0) sum += f.null * theta.f32()[f.null_row * cols + j];
            to[j] = static_cast<float>(sum);
        }
    }
}

void CpuDevice::posterior_velocity(const PosteriorPass& pass, Pool& scratch) {
    const std::int64_t rows = pass.z.rows, D = pass.z.cols, K = pass.per_group;
    Candidates candidates(scratch_of(scratch), pass.candidates.f32(), pass.candidates.rows / K, K, D,
                          team_.size());
    const float sign = pass.noise_at_one ? 1.0F : -1.0F;
    team_.run([&](int thread) {
        const std::int64_t end = rows * (thread + 1) / team_.size();
        for (std::int64_t i = rows * thread / team_.size(); i < end; ++i) {
            const float t = pass.t.f32()[i], s = pass.noise_at_one ? t : 1.0F - t;
            const float* zi = pass.z.f32() + i * D;
            float* to = pass.velocity.f32() + i * D;
            if (s < kLeastNoise) {
                std::copy_n(pass.v.f32() + i * D, D, to);
                continue;
            }
            candidates.posterior_mean(to, zi, s, (pass.first_in_group + i) / K, thread);
            for (std::int64_t d = 0; d < D; ++d) to[d] = sign * (zi[d] - to[d]) / s;
        }
    });
}

void CpuDevice::mix_guidance(Into own, View null, const float* omega) {
    const std::int64_t cols = own.cols;
    for (std::int64_t i = 0; i < own.rows; ++i) {
        if (std::isnan(omega[i])) continue;
        float* const to = own.f32() + i * cols;
        const float* const from = null.f32() + i * cols;
        for (std::int64_t j = 0; j < cols; ++j) to[j] = from[j] + omega[i] * (to[j] - from[j]);
    }
}

}  // namespace mf
