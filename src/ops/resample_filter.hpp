// SPDX-License-Identifier: MIT
// Half or twice the height and width by the filter f = [1, 3, 3, 1] along both axes, every channel by itself (the
// resampling of EDM's and of the MeanFlow project's U-Nets); zero beyond the edge. Along one axis:
//   down  value  y[i] = sum over u of f[u] / 8 x[2 i + u - 1],   u = 0 .. 3
//   up    value  y[k] = sum over i of f[k - 2 i + 1] / 4 x[i]
//   tangent  y' likewise;  adjoint  the transpose: that of `down` is a quarter of `up`, and the other way round
#pragma once

#include <cstdint>

#include "ops/context.hpp"

namespace mf {

enum class Resample : std::uint8_t { down, up };

/// x (B, H, W, C) f32 or bf16; the result (B, ⌊H/2⌋, ⌊W/2⌋, C) or (B, 2 H, 2 W, C), f32. Going down both sides are at
/// least 2.
Dual resample_filter(const Context& context, const Dual& x, Resample direction);

}  // namespace mf
