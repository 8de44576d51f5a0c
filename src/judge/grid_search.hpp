// SPDX-License-Identifier: MIT
// Which guidance gives the best samples: one evaluation a cell of a grid, kept as they come.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "generate/sampling.hpp"
#include "io/jsonl.hpp"
#include "judge/inception_eval.hpp"

namespace mf {

struct GridAxes {
    std::vector<double> omegas = {};
    std::vector<std::pair<double, double>> intervals = {};
    std::vector<int> steps = {};
};

/// "omega=4,6:8:0.5 interval=0.3:0.6,0.4:0.65 steps=1,2": numbers apart by commas, for omega also low:high:step; an axis that is
/// missing stays as the other options say. UsageError for anything else.
GridAxes grid_axes(const std::string& text);

struct GridCell {
    std::optional<double> omega;
    std::optional<std::pair<double, double>> interval;
    int steps = 1;

    /// "omega 8, interval 0.4 0.65, 1 step".
    std::string text() const;
};

/// Every combination: steps outermost, then intervals, then omegas. `steps`: where the axes have none.
std::vector<GridCell> grid_cells(const GridAxes& axes, int steps);
/// `request` with the cell's guidance and steps.
SampleRequest at_cell(SampleRequest request, const GridCell& cell);

struct GridResult {
    GridCell cell;
    std::map<std::string, double> numbers;  ///< fid, sfid, inception_score, ...
};

/// The cells of a search that are done: FOLDER/grid.jsonl, a line a cell.
class GridLog {
  public:
    explicit GridLog(const std::filesystem::path& folder);

    /// What a cell gave, when it was measured under this print.
    std::optional<GridResult> find(const GridCell& cell, const std::string& print) const;
    void add(const GridResult& result, const std::string& print);

  private:
    std::filesystem::path path_;
    std::map<std::string, GridResult> known_;  ///< by print and cell
};

/// Names and numbers of scores, in the order in which they are shown.
std::vector<std::pair<std::string, double>> named(const InceptionResult& result);

}  // namespace mf
