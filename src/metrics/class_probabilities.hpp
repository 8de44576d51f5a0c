// SPDX-License-Identifier: MIT
// The steps of an inception score, which those of whole sets and of running sums share.
#pragma once

#include <span>
#include <vector>

#include "metrics/inception_score.hpp"

namespace mf {

/// p = softmax of the logits, in double precision; the result is sum_c p log(p + 1e-10).
double class_probabilities(const float* logits, std::vector<double>& p);

/// exp(mean_i sum_c p log(p + 1e-10) - sum_c q log(q + 1e-10)) from the sums over `count` rows of the first, and of p.
double score_of_sums(double own, std::span<const double> shared, double count);

/// Mean and deviation of the parts' scores.
InceptionScore inception_score_of_parts(std::vector<double> scores);

}  // namespace mf
