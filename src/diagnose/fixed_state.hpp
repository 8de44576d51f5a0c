// SPDX-License-Identifier: MIT
// The spread of targets and losses at one and the same state.
//
// A state z at noise level s may have been made by any data sample x, with probability ∝ exp(-|z - (1-s) x|² / (2 s²))
// for samples that are equally likely; its noise is then e = (z - (1-s) x) / s and its velocity e - x = (z - x) / s.
// Drawing x from that posterior is what training does when it meets z again.
#pragma once

#include "diagnose/diagnostic_draws.hpp"

namespace mf {

/// Means over states; squares are means over the dimensions of a sample.
struct FixedState {
    std::int64_t rows = 0;                 ///< states whose posterior is spread over at least two samples
    double target_mf = 0, target_imf = 0;  ///< variance of v - (t-r) du/dt with tangent v, and of v
    double loss_mf = 0, loss_imf = 0;      ///< root of the mean variance of the loss
};

/// The draws are candidates for one another (those of the same class, where there are classes). `estimate` (rows, D):
/// v_θ, imf's tangent. `device`: where the network is; null: the CPU. In many dimensions nearly every state belongs to one sample alone, and `rows` is small.
FixedState fixed_state(const VelocityModel& model, const DiagnosticDraws& draws, const Tensor& estimate,
                       std::uint64_t seed, Team& team, Device* device = nullptr);

}  // namespace mf
