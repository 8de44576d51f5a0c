// SPDX-License-Identifier: MIT
#include "metrics/precision_recall.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.hpp"
#include "metrics/pairs.hpp"

namespace mf {
namespace {

constexpr double kFar = std::numeric_limits<double>::infinity();

/// Puts `value` in its place among the `k` least seen so far, sorted upwards.
void keep_least(double* least, int k, double value) {
    if (value >= least[k - 1]) return;
    int at = k - 1;
    for (; at > 0 && least[at - 1] > value; --at) least[at] = least[at - 1];
    least[at] = value;
}

/// Squared radii.
std::vector<double> square_radii(MatrixView x, int k, Team& team) {
    std::vector<double> least(static_cast<std::size_t>(x.rows * k), kFar);
    visit_pairs(x, x, PairValue::squared_distance, false, team, [&](std::int64_t, const PairBlock& block) {
        for (std::int64_t i = 0; i < block.rows; ++i) {
            double* own = least.data() + (block.row0 + i) * k;
            for (std::int64_t j = 0; j < block.cols; ++j)
                if (block.row0 + i != block.col0 + j) keep_least(own, k, block.values[i * block.cols + j]);
        }
    });
    std::vector<double> out;
    for (std::size_t i = 1; i <= static_cast<std::size_t>(x.rows); ++i)
        out.push_back(least[i * static_cast<std::size_t>(k) - 1]);
    return out;
}

/// Share of the rows of `points` that some ball holds.
double share_inside(MatrixView points, MatrixView centres, const std::vector<double>& squares, Team& team) {
    std::vector<char> inside(static_cast<std::size_t>(points.rows));
    visit_pairs(points, centres, PairValue::squared_distance, false, team,
                [&](std::int64_t, const PairBlock& block) {
                    const double* reach = squares.data() + block.col0;
                    for (std::int64_t i = 0; i < block.rows; ++i) {
                        bool any = false;
                        for (std::int64_t j = 0; j < block.cols; ++j)
                            any |= block.values[i * block.cols + j] <= reach[j];
                        inside[static_cast<std::size_t>(block.row0 + i)] |= any ? 1 : 0;
                    }
                });
    return static_cast<double>(std::count(inside.begin(), inside.end(), 1)) /
           static_cast<double>(points.rows);
}

}  // namespace

std::vector<double> neighbour_radii(MatrixView x, int k, Team& team) {
    check(k >= 1, "[precision_recall] k must be at least 1, got {}", k);
    check_samples("precision_recall", "samples", x, k + 1);
    std::vector<double> radii = square_radii(x, k, team);
    for (double& radius : radii) radius = std::sqrt(radius);
    return radii;
}

PrecisionRecall precision_recall(MatrixView real, MatrixView generated, int k, Team& team) {
    check(k >= 1, "[precision_recall] k must be at least 1, got {}", k);
    check_sample_pair("precision_recall", real, generated, k + 1);
    return {share_inside(generated, real, square_radii(real, k, team), team),
            share_inside(real, generated, square_radii(generated, k, team), team)};
}

}  // namespace mf
