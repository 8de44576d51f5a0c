// SPDX-License-Identifier: MIT
// The three products of a linear layer, for one thread or a team. Every element of a result is one chain of fused
// multiply-adds over k in order, whatever rows it is computed together with: a row has the same bits alone, in a
// batch, with a tangent beside it or without.
#pragma once

#include "core/team.hpp"
#include "ops/cpu/panels.hpp"
#include "tensor/tensor.hpp"

namespace mf::cpu {

/// Rows of a left factor and where their product goes; `bias` (n) or null.
struct RowProduct {
    const Tensor* x;  ///< (m, k), f32 or bf16 as the panels are; may be empty
    Tensor* y;        ///< (m, n) f32
    const float* bias;
    bool add = false;  ///< the product is added to y (then without bias)
};

/// y = x B (+ bias), for the value rows and the tangent rows together: each panel of B is read once for both.
void multiply(Team& team, const RowProduct& value, const RowProduct& tangent, const Panels& b);

/// The same for one set of rows and a B in plain memory, whose panels are packed as `packed` when their turn comes: for
/// a product that is made once for each packing, or a matrix that is not worth a copy for good.
void multiply(Team& team, Pool& pool, const RowProduct& rows, const PlainMatrix& b, DType packed);

/// dw += ȳᵀ x: dy (m, n), x (m, k), both f32 or both bf16; dw (n, k) f32.
void accumulate_outer(Team& team, float* dw, const Tensor& dy, const Tensor& x, Pool& pool);

/// out (n, n) f32 = Yᵀ Y for a packed Y (k, n). Symmetric to the bit, for a product does not depend on which factor is
/// left: what lies below the diagonal is copied from above.
void gram(Team& team, Tensor& out, const Panels& y);

/// y = x Wᵀ (+ bias) for a narrow W (n <= 8 rows of k), which would leave most of a panel empty. x f32 or bf16.
void multiply_narrow(Team& team, const RowProduct& rows, const float* w, std::int64_t n, std::int64_t k);

/// Panels are worth their packing from this many columns on.
inline constexpr std::int64_t kNarrow = 8;

}  // namespace mf::cpu
