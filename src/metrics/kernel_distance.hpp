// SPDX-License-Identifier: MIT
// Distances of two sets of samples through a kernel k: the unbiased squared maximum mean discrepancy,
//     mean_{i != j} k(x_i, x_j) + mean_{i != j} k(y_i, y_j) - 2 mean_{i, j} k(x_i, y_j)
// (Gretton et al. 2012, "A kernel two-sample test", section 2.2). It is 0 on average when both sets come from
// one distribution, and may then be a little below 0. All throw Stopped when `stop` says so.
#pragma once

#include "core/stop.hpp"
#include "core/team.hpp"
#include "metrics/matrix.hpp"

namespace mf {

/// Kernel inception distance: k(a, b) = (a.b / d + 1)^3 over rows of d features (Binkowski et al. 2018,
/// "Demystifying MMD GANs"), from all rows at once rather than averaged over subsets. x: (n, d), y: (m, d);
/// n, m >= 2.
double kid(MatrixView x, MatrixView y, Team& team, const Stop& stop = {});

/// k(a, b) = exp(-|a - b|^2 / (2 sigma^2)). x: (n, d), y: (m, d); n, m >= 2; sigma > 0.
double gaussian_mmd2(MatrixView x, MatrixView y, double sigma, Team& team, const Stop& stop = {});

/// Median of the Euclidean distances of all pairs of different rows of x and y together, a common choice of
/// sigma. Error above 10000 rows together (the median needs all distances in memory).
double median_distance(MatrixView x, MatrixView y, Team& team, const Stop& stop = {});

/// Energy distance 2 E|x - y| - E|x - x'| - E|y - y'|, unbiased (Szekely and Rizzo 2013, "Energy
/// statistics"): the same with k = -|a - b|. x: (n, d), y: (m, d); n, m >= 2.
double energy_distance(MatrixView x, MatrixView y, Team& team, const Stop& stop = {});

}  // namespace mf
