// SPDX-License-Identifier: MIT
// The draws that diagnostics look at, and passes over them.
#pragma once

#include <functional>
#include <vector>

#include "core/options.hpp"
#include "data/dataset.hpp"
#include "nn/velocity_model.hpp"
#include "objectives/parts/path.hpp"

namespace mf {

/// Rows with every random number drawn: noisy states on their way, without guidance.
struct DiagnosticDraws {
    std::int64_t rows = 0, dimensions = 0;
    Tensor x, z, v;       ///< (rows, D): data, state and conditional velocity
    Tensor r, t;          ///< (rows, 1)
    Condition condition;  ///< labels as drawn, ω = 1 in [0, 1]; empty without classes
    bool reverse = true;  ///< t = 1 is noise

    double noise_level(std::int64_t i) const {
        return reverse ? t.f32()[i] : 1.0 - static_cast<double>(t.f32()[i]);
    }
    double length(std::int64_t i) const { return static_cast<double>(t.f32()[i]) - r.f32()[i]; }
};

/// `interval` false: r = t.
DiagnosticDraws diagnostic_draws(const Settings& settings, const Dataset& data, std::uint64_t seed,
                                 std::int64_t count, bool interval, Team& team);

/// work(context, i) for i below `count`: on `device`, one after the other, or where it is null side by side on the threads.
void each_of(std::int64_t count, Precision precision, Team& team, Device* device,
             const std::function<void(const Context&, std::int64_t)>& work);

/// Condition of one row again and again, (rows).
Condition repeated_condition(const Condition& condition, std::int64_t row, std::int64_t rows);
/// Rows [begin, end) of a condition.
Condition condition_rows(const Condition& condition, std::int64_t begin, std::int64_t end);

/// u and its total derivative along (dz, 0, 1); operands and results are in the memory of the host.
struct Moving {
    Tensor u, du_dt;
};
Moving moving_pass(const Context& context, const VelocityModel& model, const Tensor& z, const Tensor& dz,
                   const Tensor& r, const Tensor& t, const Condition& condition);

}  // namespace mf
