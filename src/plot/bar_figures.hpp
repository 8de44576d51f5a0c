// SPDX-License-Identifier: MIT
// Bars that lie down, so that what they stand for can be read: a row a variant, a panel a number.
#pragma once

#include <string>
#include <vector>

#include "plot/figure.hpp"

namespace mf::plot {

struct BarPanel {
    std::string title;
    std::vector<std::vector<double>> values;  ///< of each row, one for each repetition; none: "–"
};

/// Bars are means over the repetitions, which are dots when there are several. A dashed line stands at the first row,
/// which the others are compared with. More than six panels stand in several rows. Error when a panel has not as many rows
/// as there are names.
Figure bars_figure(const std::vector<std::string>& rows, const std::vector<BarPanel>& panels,
                   const std::string& note = {});

}  // namespace mf::plot
