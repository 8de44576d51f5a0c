// SPDX-License-Identifier: MIT
#pragma once

#include "core/team.hpp"
#include "tensor/tensor.hpp"

namespace mf::cpu {

/// Operands of one pass: a, b and their tangents f32 (tangents over the last rows, or empty); y, y_dot and the factors
/// silu'(a) b and silu(a) all f32 or all bf16; y_dot and the factors may be empty.
struct SwigluPass {
    const Tensor &a, &b, &a_dot, &b_dot;
    Tensor &y, &y_dot, &a_factor, &b_factor;
};

void swiglu(Team& team, const SwigluPass& pass);

}  // namespace mf::cpu
