// SPDX-License-Identifier: MIT
//   value    y  = silu(a) b
//   tangent  y' = silu'(a) b a' + silu(a) b'
//   adjoint  ā += silu'(a) b ȳ,   b̄ += silu(a) ȳ      both factors are kept, a and b are not
#pragma once

#include "ops/context.hpp"

namespace mf {

/// a, b (rows, C) f32, as two linear layers give them; the result is of the type that GEMM reads.
Dual swiglu(const Context& context, const Dual& a, const Dual& b);

}  // namespace mf
