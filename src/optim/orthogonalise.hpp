// SPDX-License-Identifier: MIT
#pragma once

#include "core/team.hpp"
#include "ops/cpu/panels.hpp"

namespace mf {

/// Replaces a matrix by one with the same singular vectors and singular values near 1 (between about 0.7 and 1.2), by
/// `iterations` of the quintic Newton-Schulz map X <- a X + (b A + c A²) X, A = X Xᵀ, with the coefficients of Muon
/// (Jordan et al. 2024). Keeps its working memory between calls.
class Orthogonaliser {
  public:
    /// x (rows, cols) f32 in place. A zero matrix stays zero.
    void run(Team& team, Tensor& x, int iterations = 5);

  private:
    void iterate(Team& team, Tensor& x);

    Tensor turned_, a_, b_, next_;
    cpu::Panels panels_;
};

}  // namespace mf
