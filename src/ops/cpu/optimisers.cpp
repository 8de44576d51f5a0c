// SPDX-License-Identifier: MIT
// Kernels over all parameters at once.
#include <algorithm>
#include <cmath>

#include "ops/cpu/cpu_device.hpp"

namespace mf {

double CpuDevice::gather_squares(std::span<const Into> parts) {
    const std::int64_t count = parts[0].count();
    partial_.resize(static_cast<std::size_t>(team_.size()));
    team_.run([&](int thread) {
        const std::int64_t begin = count * thread / team_.size(), end = count * (thread + 1) / team_.size();
        float* sum = parts[0].f32();
        for (std::size_t part = 1; part < parts.size(); ++part) {
            const float* g = parts[part].f32();
            for (std::int64_t i = begin; i < end; ++i) sum[i] += g[i];
        }
        double squares = 0;
        for (std::int64_t i = begin; i < end; ++i) squares += static_cast<double>(sum[i]) * sum[i];
        partial_[static_cast<std::size_t>(thread)] = squares;
    });
    double squares = 0;
    for (const double part : partial_) squares += part;
    return squares;
}

bool CpuDevice::all_finite(View x) {
    return std::all_of(x.f32(), x.f32() + x.count(), [](float value) { return std::isfinite(value); });
}

void CpuDevice::adam(Into weights, Into first, Into second, View gradients, const AdamStep& step) {
    const AdamStep s = step;
    float *m = first.f32(), *v = second.f32(), *w = weights.f32();
    const float* gradient = gradients.f32();
    team_.split(weights.count(), 4096, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const float g = gradient[i] * s.scale;
            m[i] = s.b1 * m[i] + s.m_step * g;
            v[i] = s.b2 * v[i] + s.v_step * g * g;
            w[i] -= s.m_unbias * m[i] / (std::sqrt(v[i] * s.v_unbias) + s.eps) + s.decay * w[i];
        }
    });
}

void CpuDevice::ema(Into average, View weights, float step) {
    float* e = average.f32();
    const float* w = weights.f32();
    team_.split(average.count(), 4096, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) e[i] += step * (w[i] - e[i]);
    });
}

}  // namespace mf
