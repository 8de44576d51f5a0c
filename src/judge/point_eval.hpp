// SPDX-License-Identifier: MIT
// How well points match their data: of runs, weights and files of samples.
#pragma once

#include <string>
#include <vector>

#include "judge/evaluation.hpp"
#include "metrics/points.hpp"

namespace mf {

struct PointResult {
    EvalSource of;
    PointScores scores;
};

/// A result for each of request.steps (1, 2, 4, 8, 100 when there are none) of 20000 samples, or the one of a file of
/// samples, against the data that it was trained on or that request.data names. UsageError when those are no points.
std::vector<PointResult> eval_points(const std::string& target, const EvalRequest& request, Team& team);

}  // namespace mf
