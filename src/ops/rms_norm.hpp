// SPDX-License-Identifier: MIT
//   value    y  = g * n,          n = x * s,  s = 1 / √(mean(x²) + ε)
//   tangent  y' = g * (x' s - n mean(n x') s)
//   adjoint  x̄ += s (g ȳ - n mean(n g ȳ)),   ḡ += sum_rows(n ȳ)
#pragma once

#include "ops/context.hpp"

namespace mf {

/// x (rows, k C) f32, g (C): every C columns are a group of their own (per-head norms have k heads, others k = 1).
/// The result has x's shape, in the type `out`.
Dual rms_norm(const Context& context, const Dual& x, const Param& g, DType out, float eps = 1e-6F);

}  // namespace mf
