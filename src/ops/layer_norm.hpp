// SPDX-License-Identifier: MIT
//   value    y  = n = (x - mean(x)) s,  s = 1 / √(var(x) + ε)          var divides by C
//   tangent  y' = s (x' - mean(x') - n mean(n x'))
//   adjoint  x̄ += s (ȳ - mean(ȳ) - n mean(n ȳ))
#pragma once

#include "ops/context.hpp"

namespace mf {

/// Layer norm without affine parameters over the columns of x (rows, C) f32; the result is f32.
Dual layer_norm(const Context& context, const Dual& x, float eps = 1e-6F);

}  // namespace mf
