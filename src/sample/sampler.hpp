// SPDX-License-Identifier: MIT
// From noise to data: z_r = z_t - (t - r) u(z_t, r, t) over a list of times 1 = t_0 > ... > t_N = 0.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "core/stop.hpp"
#include "nn/velocity_model.hpp"

namespace mf {

enum class Solver : std::uint8_t { average, euler, heun };

/// Classifier-free guidance at sampling, for networks that do not know ω: v_∅ + ω (v_y - v_∅) where ω is not 1 and the
/// time at which the network is asked lies in [t_min, t_max], v_y elsewhere. The pass for ∅ is made only where a row
/// wants it.
struct SecondPass {
    std::vector<float> omega;         ///< of every sample; empty: no guidance
    std::vector<float> t_min, t_max;  ///< of every sample
    std::int32_t null_label = 0;      ///< ∅
};

struct SamplePlan {
    Solver solver = Solver::average;  ///< average: mf and imf; euler and heun integrate v(z, t) (fm)
    std::vector<double> times;  ///< from noise to data: 1 > ... > 0, or 0 < ... < 1 for direction forward
    /// The tutorial's forward sampler: the step from t to s asks for u(z_t, t - (s - t), t), the average over the
    /// interval *behind* t, which for the first step lies outside [0, 1]. Kept to reproduce its pictures.
    bool look_behind = false;
    Precision precision = Precision::f32;
    SecondPass second_pass = {};
    Stop stop = {};  ///< asked before every call of the network
};

/// 1, 1 - 1/n, ..., 0; or 0, 1/n, ..., 1 when `forward`.
std::vector<double> uniform_times(std::int64_t steps, bool forward = false);
/// Throws UsageError unless times run from 1 to 0 (or 0 to 1) without turning back, at least two of them.
void check_times(const std::vector<double>& times);

/// Called with the number of steps made (0: the noise) and the states (count, D).
using Recorder = std::function<void(std::int64_t, const std::vector<float>&)>;

/// Memory of a sampler, one pool a thread: who draws again and again keeps it, so that only the first draw asks the
/// system.
using SampleMemory = std::deque<Pool>;

/// Moves `z` (count, D) along the plan; the model must be packed in the plan's precision. Rows are worked on in tiles;
/// the result of a row does not depend on what else is sampled. Stopped, with `z` in between, when plan.stop says so.
void sample(Device& device, const VelocityModel& model, const SamplePlan& plan, const Condition& condition,
            std::vector<float>& z, std::int64_t dimensions, const Recorder& recorder = nullptr,
            SampleMemory* memory = nullptr);
/// The same on the CPU.
void sample(Team& team, const VelocityModel& model, const SamplePlan& plan, const Condition& condition,
            std::vector<float>& z, std::int64_t dimensions, const Recorder& recorder = nullptr,
            SampleMemory* memory = nullptr);

/// Standard normal noise for samples first .. first + count - 1 of a seed, (count, D): sample i depends on seed and i.
std::vector<float> sampling_noise(std::uint64_t seed, std::uint64_t first, std::int64_t count,
                                  std::int64_t dimensions);

}  // namespace mf
