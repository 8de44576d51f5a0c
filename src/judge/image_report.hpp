// SPDX-License-Identifier: MIT
// Scores of images as names, tables and JSON.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "metrics/image_scores.hpp"

namespace mf {

/// Names and values of what is known, in the order in which they are shown: accuracy, fid, kid, precision, recall,
/// class_score, swd_pixels, swd_random.
std::vector<std::pair<std::string, double>> named(const ImageScores& scores);
/// Header of a table of scores, and the row of one.
std::vector<std::string> image_score_header(std::vector<std::string> first);
std::vector<std::string> image_score_row(std::vector<std::string> first, const ImageScores& scores);

}  // namespace mf
