// SPDX-License-Identifier: MIT
#include <cmath>

#include "ops/cpu/cpu_device.hpp"

namespace mf {
namespace {

double frequency(std::int64_t k, std::int64_t half, double period) {
    return std::pow(period, -static_cast<double>(k) / static_cast<double>(half));
}

}  // namespace

void CpuDevice::sinusoid(Into y, Into y_dot, View s, View s_dot, double period) {
    const std::int64_t rows = s.rows, features = y.cols, half = features / 2,
                       still = y_dot.empty() ? rows : rows - y_dot.rows;
    for (std::int64_t k = 0; k < half; ++k) {
        const double w = frequency(k, half, period);
        for (std::int64_t i = 0; i < rows; ++i) {
            const double angle = w * static_cast<double>(s.f32()[i]);
            const double cos = std::cos(angle), sin = std::sin(angle);
            y.f32()[i * features + k] = static_cast<float>(cos);
            y.f32()[i * features + half + k] = static_cast<float>(sin);
            if (i < still) continue;
            const double speed = w * static_cast<double>(s_dot.f32()[i - still]);
            float* to = y_dot.f32() + (i - still) * features;
            to[k] = static_cast<float>(-speed * sin);
            to[half + k] = static_cast<float>(speed * cos);
        }
    }
}

void CpuDevice::sinusoid_adjoint(Into ds, View dy, View y, double period) {
    const std::int64_t half = y.cols / 2;
    for (std::int64_t i = 0; i < y.rows; ++i) {
        const float *cos = y.f32() + i * y.cols, *sin = cos + half, *d = dy.f32() + i * y.cols;
        double sum = 0;
        for (std::int64_t k = 0; k < half; ++k)
            sum += frequency(k, half, period) *
                   (static_cast<double>(cos[k]) * d[half + k] - static_cast<double>(sin[k]) * d[k]);
        ds.f32()[i] = static_cast<float>(sum);
    }
}

}  // namespace mf
