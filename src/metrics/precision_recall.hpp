// SPDX-License-Identifier: MIT
// Precision and recall by nearest neighbours (Kynkaanniemi et al. 2019, "Improved precision and recall metric
// for assessing generative models"): each set is taken as the union of balls around its points.
#pragma once

#include <vector>

#include "core/stop.hpp"
#include "core/team.hpp"
#include "metrics/matrix.hpp"

namespace mf {

struct PrecisionRecall {
    double precision;  ///< share of generated samples inside some ball of the real ones
    double recall;     ///< share of real samples inside some ball of the generated ones
};

/// Distance of each row to its k-th nearest other row. x: (n, d), 1 <= k < n.
std::vector<double> neighbour_radii(MatrixView x, int k, Team& team);

/// A ball reaches up to and including the k-th nearest other point of its own set. real: (n, d), generated:
/// (m, d), both of more than k rows. Stopped when `stop` says so.
PrecisionRecall precision_recall(MatrixView real, MatrixView generated, int k, Team& team,
                                 const Stop& stop = {});

}  // namespace mf
