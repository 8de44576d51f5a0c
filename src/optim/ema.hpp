// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "ops/param.hpp"

namespace mf {

/// Exponential moving average of the weights: e <- A e + (1 - A) p after every update; started at the initial weights,
/// without bias correction (as the official trainers do). With a warm-up the decay of update n (from 1) is the smaller of
/// A and n / (n + 9), so that the first weights are soon forgotten; after 9 A / (1 - A) updates there is no difference.
class Ema {
  public:
    /// Of numbers in the host's memory.
    Ema(double decay, std::span<const float> start);
    Ema(double decay, const ParamStore& start, Device& device);
    /// `warm_up`: number of this update, from 1; 0: no warm-up.
    void update(Device& device, View weights, std::int64_t warm_up = 0);
    double decay() const { return decay_; }
    /// How much of the average the first weights still are after so many updates: the product of their decays.
    static double share_of_start(double decay, bool warm_up, std::int64_t updates);
    Tensor& values() { return values_; }
    const Tensor& values() const { return values_; }

  private:
    double decay_;
    Tensor values_;
};

}  // namespace mf
