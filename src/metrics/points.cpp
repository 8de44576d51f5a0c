// SPDX-License-Identifier: MIT
#include "metrics/points.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "metrics/kernel_distance.hpp"
#include "metrics/sliced_wasserstein.hpp"

namespace mf {
namespace {

constexpr std::int64_t kMostPairs = 4000;  // rows a side of what takes all pairs
constexpr double kWidth = 0.5;

void check_plane(MatrixView samples) {
    check(samples.cols == 2, "[points] expected points in the plane, got {} coordinates", samples.cols);
}

}  // namespace

std::optional<double> inside_share(MatrixView samples, const PointDataset& data) {
    check_plane(samples);
    if (samples.rows == 0 || !data.contains(0, 0)) return std::nullopt;
    std::int64_t inside = 0;
    for (std::int64_t i = 0; i < samples.rows; ++i)
        inside += data.contains(samples.row(i)[0], samples.row(i)[1]).value_or(false) ? 1 : 0;
    return static_cast<double>(inside) / static_cast<double>(samples.rows);
}

std::vector<std::int64_t> mode_counts(MatrixView samples, const PointDataset& data) {
    check_plane(samples);
    std::vector<std::int64_t> counts(static_cast<std::size_t>(data.modes() + 1));
    for (std::int64_t i = 0; i < samples.rows; ++i) {
        const int mode = data.mode_of(samples.row(i)[0], samples.row(i)[1]);
        ++counts[static_cast<std::size_t>(mode < 0 ? data.modes() : mode)];
    }
    return counts;
}

std::optional<double> mode_coverage(MatrixView samples, const PointDataset& data) {
    if (data.modes() == 0 || samples.rows == 0) return std::nullopt;
    const std::vector<std::int64_t> counts = mode_counts(samples, data);
    const double due = static_cast<double>(samples.rows) / data.modes();
    const auto held = std::count_if(counts.begin(), counts.end() - 1, [=](std::int64_t count) {
        const double share = static_cast<double>(count) / due;
        return share >= 0.8 && share <= 1.2;
    });
    return static_cast<double>(held) / data.modes();
}

PointScores score_points(MatrixView samples, const PointDataset& data, std::uint64_t seed, Team& team) {
    check_plane(samples);
    check_samples("points", "samples", samples, 2);
    std::vector<float> drawn(static_cast<std::size_t>(2 * samples.rows));
    data.draw(drawn.data(), nullptr, Random(seed, Stream::evaluation), 0, samples.rows);
    const MatrixView fresh{drawn.data(), samples.rows, 2};

    PointScores scores;
    scores.n = samples.rows;
    scores.inside = inside_share(samples, data);
    scores.coverage = mode_coverage(samples, data);
    scores.swd = sliced_wasserstein_plane(samples, fresh, team);
    const MatrixView x = first_rows(samples, kMostPairs), y = first_rows(fresh, kMostPairs);
    scores.mmd2 = gaussian_mmd2(x, y, kWidth, team);
    scores.energy = energy_distance(x, y, team);
    return scores;
}

}  // namespace mf
