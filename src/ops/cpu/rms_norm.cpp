// SPDX-License-Identifier: MIT
#include <cmath>

#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/row_math.hpp"

namespace mf {
namespace {

using cpu::fill_row;
using cpu::in_type;
using cpu::row_dot;

/// Groups that one thread takes at least.
constexpr std::int64_t kGrain = 16;

}  // namespace

void CpuDevice::rms_norm(Into y, Into s, View x, View gain, float eps) {
    const std::int64_t c = gain.count();
    const float* const g = gain.f32();
    const float* const from = x.f32();
    float* const scales = s.f32();
    in_type(y, [&](auto* to) {
        team_.split(x.count() / c, kGrain, [=](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const float* row = from + i * c;
                const float scale = 1.0F / std::sqrt(row_dot(row, row, c) / static_cast<float>(c) + eps);
                scales[i] = scale;
                fill_row(
                    to + i * c, c, [=](std::int64_t j) { return load(row + j) * scale * load(g + j); },
                    [=](std::int64_t j) { return row[j] * scale * g[j]; });
            }
        });
    });
}

void CpuDevice::rms_norm_tangent(Into y_dot, View groups, View x_dot, View scales, View gain) {
    const std::int64_t c = gain.count();
    const float *const x = groups.f32(), *const from = x_dot.f32(), *const s = scales.f32(),
                       *const g = gain.f32();
    in_type(y_dot, [&](auto* to) {
        team_.split(x_dot.count() / c, kGrain, [=](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const float *row = x + i * c, *d = from + i * c, scale = s[i];
                const float along = row_dot(row, d, c) * scale * scale / static_cast<float>(c);
                fill_row(
                    to + i * c, c,
                    [=](std::int64_t j) {
                        return (load(d + j) - load(row + j) * along) * scale * load(g + j);
                    },
                    [=](std::int64_t j) { return (d[j] - row[j] * along) * scale * g[j]; });
            }
        });
    });
}

void CpuDevice::rms_norm_adjoint(Into dx, Into gain_sums, View dy, View x, View s, View gain) {
    const std::int64_t c = gain.count();
    const float *const from = dy.f32(), *const rows = x.f32(), *const scales = s.f32(), *const g = gain.f32();
    float *const to = dx.f32(), *const dg = gain_sums.f32();
    const auto add = [=](std::int64_t i, std::int64_t begin, std::int64_t end) {
        const float *row = rows + i * c + begin, *d = from + i * c + begin, scale = scales[i];
        float* sums = dg + begin;
        fill_row(
            sums, end - begin,
            [=](std::int64_t j) { return load(sums + j) + load(row + j) * scale * load(d + j); },
            [=](std::int64_t j) { return sums[j] + row[j] * scale * d[j]; });
    };
    cpu::rows_with_sums(team_, x.count() / c, c, add, [=](std::int64_t i) {
        if (to == nullptr) return;
        const float *row = rows + i * c, *d = from + i * c, scale = scales[i];
        const float along = row_dot(row, g, d, c) * scale * scale / static_cast<float>(c);
        fill_row(
            to + i * c, c,
            [=](std::int64_t j) { return (load(g + j) * load(d + j) - load(row + j) * along) * scale; },
            [=](std::int64_t j) { return (g[j] * d[j] - row[j] * along) * scale; });
    });
}

}  // namespace mf
