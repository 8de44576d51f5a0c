// SPDX-License-Identifier: MIT
// Losses with labels and guidance from explicit random numbers, as training computes them.
#pragma once

#include "nn/velocity_model.hpp"
#include "verify/place.hpp"
#include "verify/reference.hpp"

namespace mf::verify {

/// The same numbers as (rows, all else).
Tensor as_rows(const Tensor& x, std::int64_t rows);

/// One loss of improved MeanFlow (files mit_loss*): draws, guidance, u, du/dt, V, v, losses; with and without savings
/// every gradient.
void compare_improved_loss(const Reference& reference, Comparison& comparison, const VelocityModel& net,
                           std::int64_t classes, const Place& place);
/// One loss of MeanFlow (files dit_loss*). `gradient_name`: the file's name of a parameter and how it is laid out.
struct ForeignGradient {
    std::string name;
    std::vector<double> values;  ///< in the file's layout
};
void compare_meanflow_loss(const Reference& reference, Comparison& comparison, const VelocityModel& net,
                           std::int64_t classes, const Place& place,
                           ForeignGradient (*foreign)(const Param&, const float* gradient));
/// Every "z.N.I" of N uniform steps from "noise".
void compare_label_samples(const Reference& reference, Comparison& comparison, const VelocityModel& net,
                           const Condition& condition, const Place& place);

}  // namespace mf::verify
