// SPDX-License-Identifier: MIT
// With Δ_i = p_i - y_i (a row), q_i = |Δ_i|² summed over the columns:
//   mean square  L = Σ_i q_i / divisor
//   adaptive     L = Σ_i q_i / sg((q_i + c)^p) / divisor     (MeanFlow, arXiv 2505.13447, eq. 22; p = 0: mean square)
//   adjoint      p̄_i += 2 Δ_i w_i / divisor · L̄,  w_i = (q_i + c)^-p taken as a constant
// A loss is the end of a pass: its tangent is never asked for and not computed.
#pragma once

#include "ops/context.hpp"

namespace mf {

struct SquareWeight {
    double p = 0;     ///< power; 0: no weighting
    double c = 1e-3;  ///< added to q
};

/// The loss (1, 1) of prediction (rows, cols) f32 against target (rows, cols) f32, a constant. Σ_i q_i, unweighted, is added
/// to `total` (device/training_kernels.hpp) unless that is absent.
Dual square_loss(const Context& context, const Dual& prediction, const Tensor& target, SquareWeight weight,
                 double divisor, Into total = {});

}  // namespace mf
