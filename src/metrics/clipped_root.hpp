// SPDX-License-Identifier: MIT
// A root of a covariance by its eigenvectors: slow to run and to compile, and always possible.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mf {

/// F (d x rank, column by column) with F F^T = S (d x d) but for eigenvalues of S that are not positive. Error when one
/// is below -`indefinite` of the largest.
std::vector<double> clipped_root(std::span<const double> s, std::int64_t d, double indefinite);

}  // namespace mf
