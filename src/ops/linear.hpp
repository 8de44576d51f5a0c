// SPDX-License-Identifier: MIT
//   value    y  = x Wᵀ + b
//   tangent  y' = x' Wᵀ                 value and tangent rows read each panel of W once, together
//   adjoint  x̄ += ȳ W,   W̄ += ȳᵀ x,   b̄ += sum_rows(ȳ)
#pragma once

#include "ops/context.hpp"

namespace mf {

/// x (rows, k) f32 or bf16, w (n, k), b (n) or null; the result (rows, n) is f32. Of a w of 8 bits (sampling only: no tape,
/// no tangent) the product is that of whole numbers, see ops/cpu/byte_gemm.hpp.
Dual linear(const Context& context, const Dual& x, const Param& w, const Param* b);

}  // namespace mf
