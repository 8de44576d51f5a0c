// SPDX-License-Identifier: MIT
// How well samples in the plane match the distribution they were to come from.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/team.hpp"
#include "data/dataset.hpp"
#include "metrics/matrix.hpp"

namespace mf {

/// Share of the samples (n, 2) that lie in the support; nothing when the distribution has no sharp one.
std::optional<double> inside_share(MatrixView samples, const PointDataset& data);

/// How many of the samples (n, 2) each mode holds; a last entry counts those in none. Size modes() + 1.
std::vector<std::int64_t> mode_counts(MatrixView samples, const PointDataset& data);

/// Share of the modes that hold 80 % to 120 % of their due, n / modes(); nothing when there are no modes.
std::optional<double> mode_coverage(MatrixView samples, const PointDataset& data);

/// Unknown things are empty. `swd`, `mmd2` and `energy` are distances, 0 at best; two sets of fresh data
/// differ by about as much as `mmd2` and `energy` may fall below 0.
struct PointScores {
    std::optional<double> inside;  ///< share of samples in the support, 0 .. 1
    double swd = 0;                ///< sliced Wasserstein-2, 128 directions, all samples
    double mmd2 = 0;               ///< squared MMD, Gaussian kernel of width 0.5, at most 4000 samples a side
    double energy = 0;             ///< energy distance, at most 4000 samples a side
    std::optional<double> coverage;  ///< share of modes holding 80 % to 120 % of their due, 0 .. 1
    std::int64_t n = 0;              ///< samples scored
};

/// Scores samples (n, 2), n >= 2, against as many fresh points of `data`: rows 0 .. n-1 of Random(seed,
/// Stream::evaluation). Error names the first row that is not finite. The same whatever the number of
/// threads.
PointScores score_points(MatrixView samples, const PointDataset& data, std::uint64_t seed, Team& team);

}  // namespace mf
