// SPDX-License-Identifier: MIT
// From what was asked to what can be drawn: sizes checked, bad numbers out (and counted), long clouds
// thinned, automatic ranges filled in.
#pragma once

#include "plot/figure.hpp"

namespace mf::plot {

/// The same figure with finite points, at most `most_points` a layer, explicit ranges and scales, and
/// captions that say what was left out ("3 not finite", "40% out of view" from 5 % on). Error when sizes
/// contradict each other.
Figure prepared(Figure figure);

/// Distance between ticks, 1, 2 or 5 times a power of ten: the smallest that gives at most `most` steps.
double tick_step(Range range, double most);

/// Labels at the multiples of `step` inside `range`, as gnuplot writes them.
std::vector<std::string> tick_labels(Range range, double step);

}  // namespace mf::plot
