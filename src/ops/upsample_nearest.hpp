// SPDX-License-Identifier: MIT
// A picture at twice its height and width, every pixel four times:
//   value    y[i][j] = x[⌊i/2⌋][⌊j/2⌋]      tangent  y' likewise      adjoint  x̄[k][l] += its four of ȳ
#pragma once

#include "ops/context.hpp"

namespace mf {

/// x (B, H, W, C) f32 or bf16; the result (B, 2 H, 2 W, C) f32.
Dual upsample_nearest(const Context& context, const Dual& x);

}  // namespace mf
