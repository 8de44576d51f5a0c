// SPDX-License-Identifier: MIT
// From noise to data: z_r = z_t - (t - r) u(z_t, r, t) over a list of times 1 = t_0 > ... > t_N = 0.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "nn/velocity_model.hpp"

namespace mf {

enum class Solver : std::uint8_t { average, euler, heun };

struct SamplePlan {
    Solver solver = Solver::average;  ///< average: mf and imf; euler and heun integrate v(z, t) (fm)
    std::vector<double> times;        ///< from noise to data, for direction reverse 1 > ... > 0
    bool forward_as_published = false;  ///< direction forward: the tutorial's sampler that passes r = t - 1/N
};

/// 1, 1 - 1/n, ..., 0.
std::vector<double> uniform_times(int steps);

/// Moves `z` (count, D) along the plan. `recorded(i, z)` is called with the state before the first and after each step.
/// Rows are worked on in tiles; the result of a row does not depend on `count`.
void sample(Team& team, const VelocityModel& model, const SamplePlan& plan, const Condition& condition,
            std::vector<float>& z, std::int64_t dimensions,
            const std::function<void(int, const std::vector<float>&)>& recorded = nullptr);

/// Standard normal noise for samples first .. first + count - 1 of a seed, (count, D): sample i depends on seed and i.
std::vector<float> sampling_noise(std::uint64_t seed, std::uint64_t first, std::int64_t count, std::int64_t dimensions);

}  // namespace mf
