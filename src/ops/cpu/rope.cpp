// SPDX-License-Identifier: MIT
#include <cmath>

#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/row_math.hpp"

namespace mf {
namespace {

/// Neighbours change places: (x1, x0, x3, x2, ...).
FloatVector swapped(FloatVector x) {
    FloatVector out{};
    for (int j = 0; j < kVectorFloats; ++j) out[j] = x[j ^ 1];
    return out;
}

template <class Out>
void rotate(Team& team, Out* to, View x, View cosines, View sines, float sign) {
    const std::int64_t tokens = cosines.rows, d = cosines.cols, cols = x.cols;
    const float *from0 = x.f32(), *cos0 = cosines.f32(), *sin0 = sines.f32();
    team.split(x.rows, 16, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const float *cos = cos0 + i % tokens * d, *sin = sin0 + i % tokens * d;
            for (std::int64_t head = i * cols; head < (i + 1) * cols; head += d) {
                const float* from = from0 + head;
                Out* out = to + head;
                std::int64_t j = 0;
                for (; j + kVectorFloats <= d; j += kVectorFloats) {
                    const FloatVector a = load(from + j);
                    cpu::put(out + j, cpu::fused(swapped(a), load(sin + j) * sign, a * load(cos + j)));
                }
                for (; j < d; j += 2) {
                    const float a = from[j], b = from[j + 1];
                    cpu::set(out[j], std::fma(b, sin[j] * sign, a * cos[j]));
                    cpu::set(out[j + 1], std::fma(a, sin[j + 1] * sign, b * cos[j + 1]));
                }
            }
        }
    });
}

}  // namespace

void CpuDevice::rope(Into y, View x, View cos, View sin, float sign) {
    cpu::in_type(y, [&](auto* to) { rotate(team_, to, x, cos, sin, sign); });
}

}  // namespace mf
