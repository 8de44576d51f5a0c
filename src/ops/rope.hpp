// SPDX-License-Identifier: MIT
// Rotary position embedding (RoFormer, arXiv 2104.09864) over the positions of one sequence, adjacent pairs:
//   value    (y_2k, y_2k+1) = R(p θ_k) (x_2k, x_2k+1),   θ_k = base^(-2k / d),   p the token's place from 0
//   tangent  y' = R x'
//   adjoint  x̄ += Rᵀ ȳ
#pragma once

#include "ops/context.hpp"

namespace mf {

/// cos and sin of every place and pair, laid out so that y_j = x_j cos_j + x_(j^1) sin_j.
struct RopeTable {
    Tensor cos, sin;  ///< (tokens, d); sin of even j is negative

    static RopeTable make(std::int64_t tokens, std::int64_t d, double base = 10000.0);
};

/// x (samples * tokens, heads * d) f32: every head of every token is turned by its token's angles. `out`: type of y.
Dual rope(const Context& context, const Dual& x, const RopeTable& table, DType out = DType::f32);

}  // namespace mf
