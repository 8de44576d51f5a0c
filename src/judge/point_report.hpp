// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "metrics/points.hpp"

namespace mf {

/// Names and values of what is known, in the order in which they are shown: inside, swd, mmd2, energy,
/// coverage.
std::vector<std::pair<std::string, double>> named(const PointScores& scores);
/// Header of a table of scores, and the row of one.
std::vector<std::string> score_header(std::vector<std::string> first);
std::vector<std::string> score_row(std::vector<std::string> first, const PointScores& scores);
/// "inside .914  swd .024", for under a panel.
std::string score_caption(const PointScores& scores);

}  // namespace mf
