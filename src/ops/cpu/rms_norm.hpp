// SPDX-License-Identifier: MIT
#pragma once

#include "core/team.hpp"
#include "tensor/tensor.hpp"

namespace mf::cpu {

/// Groups of `c` numbers. y may be f32 or bf16; s (groups) f32 is written.
void rms_norm(Team& team, Tensor& y, Tensor& s, const Tensor& x, const float* g, std::int64_t c, float eps);
/// y' of the last groups; x and s are those groups'.
void rms_norm_tangent(Team& team, Tensor& y_dot, const float* x, const Tensor& x_dot, const float* s,
                      const float* g, std::int64_t c);
/// dx may be empty (not wanted); dg (c) is added to.
void rms_norm_adjoint(Team& team, Tensor& dx, float* dg, const Tensor& dy, const Tensor& x, const Tensor& s,
                      const float* g, std::int64_t c);

}  // namespace mf::cpu
