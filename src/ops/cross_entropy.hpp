// SPDX-License-Identifier: MIT
// Softmax cross-entropy of rows of K logits z, with the right class smoothed (Szegedy et al. 2016, section 7):
//   q_ik = 1 - ε + ε/K for the label's class, ε/K for the others
//   value    L = Σ_i (log Σ_k exp z_ik - Σ_k q_ik z_ik) / divisor
//   adjoint  z̄_ik += (softmax(z_i)_k - q_ik) / divisor · L̄
// A loss is the end of a pass: its tangent is never asked for and not computed.
#pragma once

#include "ops/context.hpp"

namespace mf {

/// The loss (1, 1) of logits (rows, classes) f32; labels (rows) i32 in the memory of the host. The number of rows whose
/// largest logit is at the label is added to `right` (device/training_kernels.hpp) unless that is absent.
Dual cross_entropy(const Context& context, const Dual& logits, const Tensor& labels, double smoothing,
                   double divisor, Into right = {});

}  // namespace mf
