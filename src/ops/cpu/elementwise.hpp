// SPDX-License-Identifier: MIT
// Plain loops over tensors of equal size.
#pragma once

#include "core/team.hpp"
#include "tensor/tensor.hpp"

namespace mf::cpu {

/// sum += g; either may be f32 or bf16.
void add_in_place(Tensor& sum, const Tensor& g);
/// out = x in the type of `out`.
void convert(Team& team, Tensor& out, const Tensor& x);
/// `x` in the type `dtype`; the same tensor when it is so already, or empty.
Tensor as_type(Team& team, Pool& pool, const Tensor& x, DType dtype);
/// sums[j] += sum_i g[i][j]; g (rows, cols) f32 or bf16.
void add_column_sums(float* sums, const Tensor& g);

}  // namespace mf::cpu
