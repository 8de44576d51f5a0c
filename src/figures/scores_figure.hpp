// SPDX-License-Identifier: MIT
// The figure `scores`: what evaluations measured over training, a panel a number, a line a run and number of steps.
#pragma once

#include "figures/run_figures.hpp"

namespace mf {

/// True when every row is a run that kept evaluations (evaluate.every).
bool has_scores(const FigureRequest& request);

/// UsageError when a row kept none.
plot::Figure scores_figure(const FigureRequest& request, Team& team);

}  // namespace mf
