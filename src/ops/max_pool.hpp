// SPDX-License-Identifier: MIT
// The largest number of windows of k x k places; places outside the picture do not count.
//   value    y[i][j] = x at m(i, j, c),  m the first place of the window where x is largest, row by row
//   tangent  y' = x' at m;  adjoint  x̄ at m += ȳ
// A NaN is larger than anything.
#pragma once

#include "ops/context.hpp"
#include "ops/pool_geometry.hpp"

namespace mf {

/// x (B, H, W, C) f32 or bf16; the result (B, windows(H), windows(W), C) f32.
Dual max_pool(const Context& context, const Dual& x, const PoolGeometry& geometry);

}  // namespace mf
