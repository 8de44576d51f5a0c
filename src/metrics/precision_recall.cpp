// SPDX-License-Identifier: MIT
#include "metrics/precision_recall.hpp"

#include <algorithm>
#include <atomic>
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
std::vector<double> square_radii(MatrixView x, int k, Team& team, const Stop& stop) {
    std::vector<double> least(static_cast<std::size_t>(x.rows * k), kFar);
    visit_pairs(x, x, PairValue::squared_distance, false, team, stop,
                [&](std::int64_t, const PairBlock& block) {
                    for (std::int64_t i = 0; i < block.rows; ++i) {
                        double* own = least.data() + (block.row0 + i) * k;
                        for (std::int64_t j = 0; j < block.cols; ++j)
                            if (block.row0 + i != block.col0 + j)
                                keep_least(own, k, block.values[i * block.cols + j]);
                    }
                });
    std::vector<double> out;
    for (std::size_t i = 1; i <= static_cast<std::size_t>(x.rows); ++i)
        out.push_back(least[i * static_cast<std::size_t>(k) - 1]);
    return out;
}

double share(const std::vector<char>& flags) {
    return static_cast<double>(std::count(flags.begin(), flags.end(), 1)) / static_cast<double>(flags.size());
}

}  // namespace

std::vector<double> neighbour_radii(MatrixView x, int k, Team& team) {
    check(k >= 1, "[precision_recall] k must be at least 1, got {}", k);
    check_samples("precision_recall", "samples", x, k + 1);
    std::vector<double> radii = square_radii(x, k, team, {});
    for (double& radius : radii) radius = std::sqrt(radius);
    return radii;
}

PrecisionRecall precision_recall(MatrixView real, MatrixView generated, int k, Team& team, const Stop& stop) {
    check(k >= 1, "[precision_recall] k must be at least 1, got {}", k);
    check_sample_pair("precision_recall", real, generated, k + 1);
    const std::vector<double> real_reach = square_radii(real, k, team, stop);
    const std::vector<double> generated_reach = square_radii(generated, k, team, stop);
    std::vector<char> real_inside(real_reach.size()), generated_inside(generated_reach.size());
    visit_pairs(
        real, generated, PairValue::squared_distance, false, team, stop,
        [&](std::int64_t, const PairBlock& block) {
            for (std::int64_t i = 0; i < block.rows; ++i) {
                const auto a = static_cast<std::size_t>(block.row0 + i);
                for (std::int64_t j = 0; j < block.cols; ++j) {
                    const auto b = static_cast<std::size_t>(block.col0 + j);
                    const double square = block.values[i * block.cols + j];
                    if (square <= generated_reach[b]) real_inside[a] = 1;
                    // Several threads may find the same generated sample inside.
                    if (square <= real_reach[a])
                        std::atomic_ref<char>(generated_inside[b]).store(1, std::memory_order_relaxed);
                }
            }
        });
    return {share(generated_inside), share(real_inside)};
}

}  // namespace mf
