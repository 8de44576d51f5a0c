// SPDX-License-Identifier: MIT
// The residual branch of a transformer block.
//   value    y  = x + g f
//   tangent  y' = x' + g f' + g' f
//   adjoint  x̄ += ȳ,   f̄ += g ȳ,   ḡ += sum_rows(f ȳ)
// g is one vector for all rows (in-context transformers) or one for each sample (adaLN-zero).
#pragma once

#include "ops/context.hpp"

namespace mf {

/// x, f (rows, C) f32, g (C).
Dual gated_add(const Context& context, const Dual& x, const Dual& f, const Param& g);
/// x, f (samples * tokens, C), g (samples, C), all f32; a sample's tokens follow each other.
Dual gated_add(const Context& context, const Dual& x, const Dual& f, const Dual& g);

}  // namespace mf
