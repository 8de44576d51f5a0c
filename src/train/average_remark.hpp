// SPDX-License-Identifier: MIT
// Averages of the weights that have hardly begun: after 200 steps an average with decay 0.9999 is 98 % the weights
// before the first step, and what is drawn from it is noise.
#pragma once

#include <cstdint>
#include <string>

#include "core/options.hpp"
#include "train/checkpoint.hpp"

namespace mf {

/// A line that says so, and what would be better, when more than a tenth of `weights` ("ema_0.999") after `step` steps
/// is what they began with; empty for other weights. (Steps that were skipped count like the others.) `alone`: there are
/// no other weights beside them, as in a file that was made for shipping.
std::string average_remark(const Settings& settings, const std::string& weights, std::int64_t step,
                           bool alone = false);
std::string average_remark(const LoadedModel& model, bool alone);

/// The same of the average that samples are drawn with, for the end of a run that is about to begin.
std::string planned_average_remark(const Settings& settings);

}  // namespace mf
