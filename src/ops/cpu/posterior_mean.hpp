// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "tensor/tensor.hpp"

namespace mf {

/// Candidates for the sample behind a noised state, in groups, turned so that one dimension of a whole group stands in a
/// row.
class Candidates {
  public:
    /// `samples` (groups * count, dimensions) f32 in plain memory; all memory is the pool's. `threads` may ask at a time.
    Candidates(Pool& pool, const float* samples, std::int64_t groups, std::int64_t count,
               std::int64_t dimensions, int threads);

    /// mean (dimensions) = Σ_j w_j x_j over a group with w_j ∝ exp(-|z - (1-s) x_j|² / (2 s²)), Σ w = 1, for one state z
    /// (dimensions) of noise level s > 0. The bits do not depend on the thread.
    void posterior_mean(float* mean, const float* z, float s, std::int64_t group, int thread);

  private:
    float squares(float* w, const float* x, const float* z, float s) const;
    float weigh(float* w, float nearest) const;

    std::int64_t count_, padded_, dimensions_;
    Tensor x_;  ///< (groups, dimensions, padded): the last candidate fills the last vector
    Tensor w_;  ///< (threads, padded): squares of distances, then weights
};

}  // namespace mf
