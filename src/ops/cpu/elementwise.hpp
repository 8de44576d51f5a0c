// SPDX-License-Identifier: MIT
// Conversions within kernels; what ops ask for is in device/elementwise_kernels.hpp.
#pragma once

#include "core/team.hpp"
#include "tensor/tensor.hpp"

namespace mf::cpu {

/// out = x in the type of `out`, f32 or bf16.
void convert(Team& team, Tensor& out, const Tensor& x);
/// `x` in the type `dtype`; the same tensor when it is so already, or empty.
Tensor as_type(Team& team, Pool& pool, const Tensor& x, DType dtype);

}  // namespace mf::cpu
