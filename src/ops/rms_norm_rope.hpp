// SPDX-License-Identifier: MIT
// Queries and keys on their way to attention: RMS norm of each head (ops/rms_norm.hpp), turned to its token's place
// (ops/rope.hpp), in one pass.
//   value    y  = R n,    n = rms_norm(x)
//   tangent  y' = R n'
//   adjoint  n̄ = Rᵀ ȳ, then x̄ and ḡ as rms_norm has them
#pragma once

#include "ops/context.hpp"
#include "ops/rope.hpp"

namespace mf {

/// x (samples * tokens, heads * d) f32, g (d), d and tokens those of the table. The result has x's shape, in the type `out`.
Dual rms_norm_rope(const Context& context, const Dual& x, const Param& g, const RopeTable& table, DType out,
                   float eps = 1e-6F);

}  // namespace mf
