// SPDX-License-Identifier: MIT
#pragma once

#include "core/team.hpp"
#include "tensor/tensor.hpp"

namespace mf::cpu {

/// y = n, s (rows): normalised rows of x and what they were scaled by.
void layer_norm(Team& team, Tensor& y, Tensor& s, const Tensor& x, float eps);
/// out = s (d - mean(d) - n mean(n d)), the symmetric Jacobian times d.
void layer_norm_slope(Team& team, Tensor& out, const float* d, const float* n, const float* s);

}  // namespace mf::cpu
