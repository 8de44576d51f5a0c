// SPDX-License-Identifier: MIT
// The figure of a search over guidance: FID as a surface over strength and interval, a row for each number of steps.
#pragma once

#include <vector>

#include "judge/grid_search.hpp"
#include "plot/figure.hpp"

namespace mf {

/// Left the surface, the best cell marked; right the same as curves over the strength. Error when there is no result with a FID.
plot::Figure grid_figure(const std::vector<GridResult>& results, const std::string& note);

}  // namespace mf
