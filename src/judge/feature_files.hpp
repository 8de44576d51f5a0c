// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/team.hpp"

namespace mf {

struct FeatureFileScores {
    std::int64_t generated = 0, real = 0;  ///< rows
    std::vector<std::pair<std::string, double>>
        numbers;  ///< fid, kid, precision, recall; class_score with logits
};

/// Compares two .npz files (or .npy: features alone) with an array `features` (n, d) and, in the first, if you like, `logits` (n, classes). Error
/// when an array is missing or has another form.
FeatureFileScores score_feature_files(const std::string& generated, const std::string& real, Team& team);

}  // namespace mf
