// SPDX-License-Identifier: MIT
//   value    y  = x (1 + a) + b          a (scale) and b (shift) belong to a sample, x to its tokens
//   tangent  y' = x' (1 + a) + x a' + b'
//   adjoint  x̄ += (1 + a) ȳ,   ā += sum_tokens(x ȳ),   b̄ += sum_tokens(ȳ)
#pragma once

#include "ops/context.hpp"

namespace mf {

/// x (samples * tokens, C), shift and scale (samples, C), all f32; the result is of the type that GEMM reads.
Dual modulate(const Context& context, const Dual& x, const Dual& shift, const Dual& scale);

}  // namespace mf
