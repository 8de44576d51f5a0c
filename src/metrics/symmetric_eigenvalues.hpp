// SPDX-License-Identifier: MIT
// Eigenvalues of large symmetric matrices in double precision, on all threads.
#pragma once

#include <cstdint>
#include <vector>

#include "core/team.hpp"

namespace mf {

/// All eigenvalues, rising, of the symmetric matrix whose lower triangle stands in `matrix` (n, n), row-major; its
/// numbers are lost. Reduction to three diagonals by reflections in blocks (Dongarra, Sorensen and Hammarling 1989, "Block
/// reduction of matrices to condensed forms"): half of the work is matrix products. Error when it does not converge.
std::vector<double> symmetric_eigenvalues(std::vector<double>& matrix, std::int64_t n, Team& team);

}  // namespace mf
