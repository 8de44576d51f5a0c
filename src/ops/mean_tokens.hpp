// SPDX-License-Identifier: MIT
// One row for each sample: the mean of its n tokens.
//   value    y[s]  = 1/n sum_i x[s][i]
//   tangent  y'[s] = 1/n sum_i x'[s][i]
//   adjoint  x̄[s][i] += ȳ[s] / n
#pragma once

#include "ops/context.hpp"

namespace mf {

/// x (samples * tokens, C) f32; the result (samples, C).
Dual mean_tokens(const Context& context, const Dual& x, std::int64_t tokens);

}  // namespace mf
