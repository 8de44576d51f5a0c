// SPDX-License-Identifier: MIT
// Bilinear resize without antialiasing, as networks for pictures of one size were given theirs. Along one axis, from S to
// O places, with the source position p(i) clamped to [0, S - 1] and k = ⌊p⌋:
//   value    y[i] = (1 - (p - k)) x[k] + (p - k) x[k + 1]      tangent  y' likewise      adjoint  the transpose
//   half_pixel  p(i) = (i + 1/2) S / O - 1/2
//   tf1         p(i) = i S / O
#pragma once

#include <cstdint>

#include "ops/context.hpp"

namespace mf {

enum class ResizeRule : std::uint8_t { half_pixel, tf1 };

/// x (B, H, W, C) f32 or bf16; the result (B, height, width, C) f32.
Dual resize_bilinear(const Context& context, const Dual& x, std::int64_t height, std::int64_t width,
                     ResizeRule rule);

}  // namespace mf
