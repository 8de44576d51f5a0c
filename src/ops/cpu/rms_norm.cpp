// SPDX-License-Identifier: MIT
#include "ops/cpu/rms_norm.hpp"

#include <cmath>

#include "ops/cpu/row_math.hpp"

namespace mf::cpu {
namespace {

/// Groups that one thread takes at least.
constexpr std::int64_t kGrain = 16;

}  // namespace

void rms_norm(Team& team, Tensor& y, Tensor& s, const Tensor& x, const float* g, std::int64_t c, float eps) {
    const float* const from = x.f32();
    float* const scales = s.f32();
    in_type(y, [&](auto* to) {
        team.split(x.count() / c, kGrain, [=](std::int64_t begin, std::int64_t end) {
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

void rms_norm_tangent(Team& team, Tensor& y_dot, const float* x, const Tensor& x_dot, const float* s,
                      const float* g, std::int64_t c) {
    const float* const from = x_dot.f32();
    in_type(y_dot, [&](auto* to) {
        team.split(x_dot.count() / c, kGrain, [=](std::int64_t begin, std::int64_t end) {
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

void rms_norm_adjoint(Team& team, Tensor& dx, float* dg, const Tensor& dy, const Tensor& x, const Tensor& s,
                      const float* g, std::int64_t c) {
    const float *const from = dy.f32(), *const rows = x.f32(), *const scales = s.f32();
    float* const to = dx.empty() ? nullptr : dx.f32();
    const auto add = [=](std::int64_t i, std::int64_t begin, std::int64_t end) {
        const float *row = rows + i * c + begin, *d = from + i * c + begin, scale = scales[i];
        float* sums = dg + begin;
        fill_row(
            sums, end - begin,
            [=](std::int64_t j) { return load(sums + j) + load(row + j) * scale * load(d + j); },
            [=](std::int64_t j) { return sums[j] + row[j] * scale * d[j]; });
    };
    rows_with_sums(team, x.count() / c, c, add, [=](std::int64_t i) {
        if (to == nullptr) return;
        const float *row = rows + i * c, *d = from + i * c, scale = scales[i];
        const float along = row_dot(row, g, d, c) * scale * scale / static_cast<float>(c);
        fill_row(
            to + i * c, c,
            [=](std::int64_t j) { return (load(g + j) * load(d + j) - load(row + j) * along) * scale; },
            [=](std::int64_t j) { return (g[j] * d[j] - row[j] * along) * scale; });
    });
}

}  // namespace mf::cpu
