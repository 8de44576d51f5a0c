// SPDX-License-Identifier: MIT
// The figures of runs: what is drawn, from which checkpoints, with which noise.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/remarks.hpp"
#include "generate/sampling.hpp"
#include "plot/figure.hpp"

namespace mf {

/// One row of a figure.
struct RunRow {
    std::string name;              ///< "imf"
    std::filesystem::path target;  ///< a run, or a checkpoint or weights where those are enough
    std::string weights = "ema";
    std::int64_t side = 0;  ///< of a sample, for a file of weights alone; 0: what it says, or 32
    Precision precision = Precision::f32;  ///< in which it is packed and samples
    bool precision_asked_for = false;      ///< see ModelChoice::asked_for
    std::string device = "cpu";            ///< where it samples (ops/devices.hpp)
};

/// What all panels of a figure share.
struct FigureRequest {
    std::vector<RunRow> rows;
    std::vector<std::int64_t> steps;  ///< sampler steps; empty: what the figure usually has
    SampleRequest sampling;           ///< solver, seed and direction's variant
    std::int64_t count = 2000;        ///< points of a panel
    std::int64_t checkpoint = -1;     ///< training step; -1: the newest
    Remarks remarks;                  ///< about the rows, once a row
};

/// The network of a row at a training step (-1: the newest).
LoadedModel open_row(const RunRow& row, std::int64_t checkpoint, Team& team);
/// Training steps of which every run has a checkpoint, at most five, and before them 0: the weights before the first
/// step. UsageError, in the figure's name, when there are none.
std::vector<std::int64_t> common_stages(const FigureRequest& request, const std::string& figure);

/// pair, cloud, compare, evolution, stages, loss, losses, mf-forward, diagnostics.
const std::vector<std::string>& figure_names();
/// UsageError when there is no such figure, or when the rows do not fit it.
plot::Figure make_figure(const std::string& name, const FigureRequest& request, Team& team);

}  // namespace mf
