// SPDX-License-Identifier: MIT
#include <cmath>

#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/row_math.hpp"

namespace mf {

using cpu::fill_row;
using cpu::row_dot;
using cpu::row_sum;

void CpuDevice::layer_norm(Into y, Into s, View x, float eps) {
    const std::int64_t c = x.cols;
    const float* const from = x.f32();
    float *const to = y.f32(), *const scales = s.f32();
    team_.split(x.rows, 16, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const float* row = from + i * c;
            float* out = to + i * c;
            const float mean = row_sum(row, c) / static_cast<float>(c);
            fill_row(
                out, c, [=](std::int64_t j) { return load(row + j) - mean; },
                [=](std::int64_t j) { return row[j] - mean; });
            const float scale = 1.0F / std::sqrt(row_dot(out, out, c) / static_cast<float>(c) + eps);
            scales[i] = scale;
            fill_row(
                out, c, [=](std::int64_t j) { return load(out + j) * scale; },
                [=](std::int64_t j) { return out[j] * scale; });
        }
    });
}

void CpuDevice::layer_norm_slope(Into y, View gradient, View normalised, View scales) {
    const std::int64_t c = y.cols;
    const float *const d = gradient.f32(), *const n = normalised.f32(), *const s = scales.f32();
    float* const to = y.f32();
    team_.split(y.rows, 16, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const float *row = n + i * c, *g = d + i * c;
            const float scale = s[i], mean = row_sum(g, c) / static_cast<float>(c),
                        along = row_dot(row, g, c) / static_cast<float>(c);
            fill_row(
                to + i * c, c,
                [=](std::int64_t j) { return (load(g + j) - mean - load(row + j) * along) * scale; },
                [=](std::int64_t j) { return (g[j] - mean - row[j] * along) * scale; });
        }
    });
}

}  // namespace mf
