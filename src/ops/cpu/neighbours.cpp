// SPDX-License-Identifier: MIT
#include <algorithm>

#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/row_math.hpp"

namespace mf {
namespace {

template <class Number>
void gather(Team& team, Number* to, const Number* from, std::int64_t samples, const PlaceGrid& g) {
    team.split(samples, 1, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t s = begin; s < end; ++s)
            for (std::int64_t i = 0; i < g.height; ++i)
                for (std::int64_t j = 0; j < g.width; ++j) {
                    Number* out = to + (s * g.places() + i * g.width + j) * 9 * g.channels;
                    for (std::int64_t u = i - 1; u <= i + 1; ++u)
                        for (std::int64_t v = j - 1; v <= j + 1; ++v, out += g.channels) {
                            if (g.holds(u, v))
                                std::copy_n(from + (s * g.places() + u * g.width + v) * g.channels,
                                            g.channels, out);
                            else
                                std::fill_n(out, g.channels, Number{});
                        }
                }
    });
}

}  // namespace

void CpuDevice::neighbours(Into y, View x, const PlaceGrid& grid) {
    const std::int64_t samples = x.rows / grid.places();
    if (x.type == DType::bf16)
        gather(team_, y.bf16(), x.bf16(), samples, grid);
    else
        gather(team_, y.f32(), x.f32(), samples, grid);
}

void CpuDevice::neighbours_adjoint(Into into, View gradient, const PlaceGrid& g) {
    float* const dx = into.f32();
    const float* const dy = gradient.f32();
    team_.split(into.rows / g.places(), 1, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t s = begin; s < end; ++s)
            for (std::int64_t i = 0; i < g.height; ++i)
                for (std::int64_t j = 0; j < g.width; ++j) {
                    float* out = dx + (s * g.places() + i * g.width + j) * g.channels;
                    std::fill_n(out, g.channels, 0.0F);
                    for (std::int64_t u = 0; u < 3; ++u)
                        for (std::int64_t v = 0; v < 3; ++v) {
                            const std::int64_t k = i - u + 1, l = j - v + 1;
                            if (!g.holds(k, l)) continue;
                            const float* in =
                                dy + ((s * g.places() + k * g.width + l) * 9 + 3 * u + v) * g.channels;
                            for (std::int64_t c = 0; c < g.channels; ++c) out[c] += in[c];
                        }
                }
    });
}

}  // namespace mf
