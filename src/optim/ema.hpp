// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "core/team.hpp"
#include "tensor/tensor.hpp"

namespace mf {

/// Exponential moving average of the weights: e <- A e + (1 - A) p after every update; started at the initial weights,
/// no warm-up, no bias correction (as the official trainers do).
class Ema {
  public:
    Ema(double decay, std::span<const float> start);
    void update(Team& team, std::span<const float> weights);
    double decay() const { return decay_; }
    Tensor& values() { return values_; }
    const Tensor& values() const { return values_; }

  private:
    double decay_;
    Tensor values_;
};

}  // namespace mf
