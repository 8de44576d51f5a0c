// SPDX-License-Identifier: MIT
// Numbers over training: a panel for each kind of number, a line for each number or run.
#pragma once

#include <string>
#include <vector>

#include "plot/figure.hpp"

namespace mf::plot {

struct NamedCurve {
    std::string name;                   ///< in the legend
    std::vector<double> steps, values;  ///< equally long
};

struct CurvePanel {
    std::string title;
    std::vector<NamedCurve> curves;
    bool log_y = false;  ///< where the values span more than a factor of 30
};

/// Panels in rows of at most three; those without a value are left out. The values are not negative: an axis that is not
/// logarithmic begins at 0. A curve without values keeps its colour, so that a run has one colour in all panels. Error
/// when nothing is left.
Figure curves_figure(const std::vector<CurvePanel>& panels, const std::string& note = {});

}  // namespace mf::plot
