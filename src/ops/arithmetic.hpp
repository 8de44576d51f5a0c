// SPDX-License-Identifier: MIT
//   add        y = a + b      y' = a' + b'            ā += ȳ,     b̄ += ȳ
//   subtract   y = a - b      y' = a' - b'            ā += ȳ,     b̄ -= ȳ
//   multiply   y = a * b      y' = a' b + a b'        ā += b ȳ,   b̄ += a ȳ
//   scale      y = c a        y' = c a'               ā += c ȳ            c a number
// A factor b of one column is spread over the columns of a (its adjoint is summed over them).
#pragma once

#include "ops/context.hpp"

namespace mf {

/// a (rows, cols), b (rows, cols) or (rows, 1); all f32. A tangent covers the rows of the longer one of the two.
Dual add(const Context& context, const Dual& a, const Dual& b);
Dual subtract(const Context& context, const Dual& a, const Dual& b);
Dual multiply(const Context& context, const Dual& a, const Dual& b);
Dual scale(const Context& context, const Dual& a, float c);

}  // namespace mf
