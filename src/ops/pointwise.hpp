// SPDX-License-Identifier: MIT
// Functions of one number. A file in ops/pointwise gives value and slope f'(x); the law is the same for all:
//   value    y  = f(x)
//   tangent  y' = f'(x) x'
//   adjoint  x̄ += f'(x) ȳ          the slope is computed with the value and kept, x is not
#pragma once

#include "ops/context.hpp"

namespace mf {

/// x f32 of any shape. The result is of the type that GEMM reads under the context's precision.
Dual pointwise(const Context& context, Pointwise function, const Dual& x);

struct PointwiseName {
    Pointwise function;
    std::string name;
};
/// All of them, in the order of their list (ops/pointwise/laws.hpp).
std::vector<PointwiseName> pointwise_names();

/// UsageError for a word that names none of them.
Pointwise pointwise_by_name(const std::string& name);

}  // namespace mf
