// SPDX-License-Identifier: MIT
// Features of images that nobody trained: responses to random patches. Random convolutions with a rectifier already
// tell textures, edges and colours apart (Jarrett et al. 2009, "What is the best multi-stage architecture for object
// recognition?"), and they are the same on every machine and for every data set.
#pragma once

#include <vector>

#include "core/shape.hpp"
#include "core/team.hpp"
#include "metrics/matrix.hpp"

namespace mf {

inline constexpr std::int64_t kRandomFilters = 64;
inline constexpr std::int64_t kRandomFeatures = 4 * kRandomFilters;

/// x: (n, H W C), images of this shape, H and W at least 2. The result (n, 256):
///   - 64 filters of k x k x C, k = min(5, H, W), normal with deviation 1/√(k k C): rows 0 to 63 of
///     Random(20260, Stream::evaluation), whatever the seed of the caller;
///   - at every second place in both directions (no padding) max(0, filter · patch);
///   - of each filter the mean over the places of each quadrant of the grid of places (upper left, upper right, lower
///     left, lower right; the middle row and column of an odd grid belong to the second half, and where the grid is one
///     place wide both halves are that place).
/// Feature 4 f + q belongs to filter f and quadrant q. A row does not depend on the others.
std::vector<float> random_features(MatrixView x, const Shape& image, Team& team);

/// `count` unit vectors of `dim` numbers, rows (count, dim): normal rows of Random(20261, Stream::evaluation), scaled to
/// length 1. The same for everybody, so that numbers of different runs compare.
std::vector<float> random_directions(std::int64_t count, std::int64_t dim);

}  // namespace mf
