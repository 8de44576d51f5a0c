// SPDX-License-Identifier: MIT
// Features of a scalar condition (time, interval length, guidance strength).
//   value    y = [cos(s w_k), sin(s w_k)],   w_k = period^(-k / (C/2)),   k = 0 .. C/2 - 1
//   tangent  y' = s' [-w_k sin(s w_k), w_k cos(s w_k)]
//   adjoint  s̄ += sum_k w_k (cos(s w_k) ȳ_sin,k - sin(s w_k) ȳ_cos,k)
#pragma once

#include "ops/context.hpp"

namespace mf {

/// s (rows, 1) f32, not scaled; the result (rows, features) f32, cosines first; `features` is even.
Dual sinusoid(const Context& context, const Dual& s, std::int64_t features = 256, double period = 10000.0);

}  // namespace mf
