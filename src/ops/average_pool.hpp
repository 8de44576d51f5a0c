// SPDX-License-Identifier: MIT
// The mean over windows of k x k places:
//   value    y[i][j] = 1 / n sum over the window of x[i s + u - p][j s + v - p]     n = k² where padding counts, else the
//            window's places inside the picture
//   tangent  y' likewise;  adjoint  x̄ += ȳ / n of every window that holds it
#pragma once

#include "ops/context.hpp"
#include "ops/pool_geometry.hpp"

namespace mf {

/// x (B, H, W, C) f32 or bf16; the result (B, windows(H), windows(W), C) f32.
Dual average_pool(const Context& context, const Dual& x, const PoolGeometry& geometry);

}  // namespace mf
