// SPDX-License-Identifier: MIT
// Sliced Wasserstein distances: both sets are projected on lines, where optimal transport is sorting (Bonneel
// et al. 2015, "Sliced and Radon Wasserstein barycenters of measures").
#pragma once

#include <span>

#include "core/stop.hpp"
#include "core/team.hpp"
#include "metrics/matrix.hpp"

namespace mf {

/// Along each row d of `directions`, the p-th power of the Wasserstein-p distance of the projections x.d and
/// y.d (for sets of one size, mean |sort(x.d) - sort(y.d)|^p); their mean over the directions, and of that
/// the p-th root. x: (n, k), y: (m, k), directions: (l, k), used as they are; p is 1 or 2. Projections are
/// rounded to single precision. Stopped when `stop` says so.
double sliced_wasserstein(MatrixView x, MatrixView y, MatrixView directions, int p, Team& team,
                          const Stop& stop = {});

/// The distance with p = 2 of sets in the plane, (n, 2) and (m, 2), from 128 directions at angles k pi / 128.
double sliced_wasserstein_plane(MatrixView x, MatrixView y, Team& team, const Stop& stop = {});

/// Integral over [0, 1] of |difference of the quantile functions|^p of two sorted sets: the Wasserstein-p
/// distance in one dimension to the power of p. Sizes may differ.
double transport_cost(std::span<const float> x_sorted, std::span<const float> y_sorted, int p);

}  // namespace mf
