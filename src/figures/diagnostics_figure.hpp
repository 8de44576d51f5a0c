// SPDX-License-Identifier: MIT
#pragma once

#include "figures/run_figures.hpp"

namespace mf {

/// What diagnose.every left in metrics.jsonl, as curves over training: of one run all numbers, of several those that
/// can be compared, a line a run. UsageError when a run has none.
plot::Figure diagnostics_figure(const FigureRequest& request, Team& team);

/// True when every run has such numbers.
bool has_diagnostics(const FigureRequest& request);

}  // namespace mf
