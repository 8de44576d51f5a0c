// SPDX-License-Identifier: MIT
#pragma once

#include "core/team.hpp"
#include "ops/cpu/panels.hpp"

namespace mf {

/// Replaces a matrix by one with the same singular vectors and singular values near 1 (between about 0.7 and 1.2), by
/// `iterations` of the quintic Newton-Schulz map X <- a X + (b A + c A²) X, A = X Xᵀ, with the coefficients of Muon
/// (Jordan et al. 2024). Its working memory is for matrices of one shape and kept between calls.
class Orthogonaliser {
  public:
    /// `factors`: f32, or bf16 for products with factors of bf16, as the iteration was published; sums are in f32.
    explicit Orthogonaliser(DType factors = DType::f32) : factors_(factors) {}

    /// x (rows, cols) f32 in place. A zero matrix stays zero.
    void run(Team& team, Tensor& x, int iterations = 5);

  private:
    void iterate(Team& team, Tensor& y);
    DType factor(std::int64_t inner) const;

    DType factors_;
    Tensor turned_, a_, b_, next_;  // f32
    Tensor rows_;                   // a left factor in bf16
    cpu::Panels y_panels_, a_panels_, b_panels_;
};

}  // namespace mf
