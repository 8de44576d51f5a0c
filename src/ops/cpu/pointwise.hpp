// SPDX-License-Identifier: MIT
#pragma once

#include "core/team.hpp"
#include "ops/pointwise.hpp"
#include "tensor/tensor.hpp"

namespace mf::cpu {

/// Operands of one pass: x f32; y, y_dot and slope all f32 or all bf16. x_dot covers the last rows; it, y_dot and slope
/// may be empty.
struct PointwisePass {
    const Tensor &x, &x_dot;
    Tensor &y, &y_dot, &slope;
};

void pointwise(Team& team, Pointwise function, const PointwisePass& pass);

/// dx = dy * slope; dx and slope of one type, dy f32 or bf16.
void multiply_by_slope(Team& team, Tensor& dx, const Tensor& dy, const Tensor& slope);

}  // namespace mf::cpu
