// SPDX-License-Identifier: MIT
// Comparing many samples ends when it is asked to.
#include <functional>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/rng.hpp"
#include "metrics/kernel_distance.hpp"
#include "metrics/precision_recall.hpp"
#include "metrics/sliced_wasserstein.hpp"

namespace {

using namespace mf;

std::vector<float> drawn_rows(std::int64_t rows, std::int64_t cols, std::uint64_t seed) {
    std::vector<float> out(static_cast<std::size_t>(rows * cols));
    Random(seed, Stream::test).normal_vector(out.data(), rows * cols, 0);
    return out;
}

TEST(StoppedMetrics, EndWhenTheCallerSaysSoAndAreTheSameOtherwise) {
    const std::vector<float> a = drawn_rows(1500, 2, 1), b = drawn_rows(1200, 2, 2);
    const MatrixView x{a.data(), 1500, 2}, y{b.data(), 1200, 2};
    using Metric = std::function<double(Team&, const Stop&)>;
    const Metric metrics[] = {
        [&](Team& team, const Stop& stop) { return kid(x, y, team, stop); },
        [&](Team& team, const Stop& stop) { return gaussian_mmd2(x, y, 0.7, team, stop); },
        [&](Team& team, const Stop& stop) { return energy_distance(x, y, team, stop); },
        [&](Team& team, const Stop& stop) { return median_distance(x, y, team, stop); },
        [&](Team& team, const Stop& stop) { return precision_recall(x, y, 3, team, stop).precision; },
        [&](Team& team, const Stop& stop) { return sliced_wasserstein_plane(x, y, team, stop); },
    };
    for (const int threads : {1, 2}) {
        Team team(threads);
        for (std::size_t i = 0; i < std::size(metrics); ++i) {
            const auto caller = std::this_thread::get_id();
            int asked = 0;
            const double value = metrics[i](team, [&] {
                EXPECT_EQ(std::this_thread::get_id(), caller);
                return ++asked < 0;
            });
            EXPECT_EQ(value, metrics[i](team, {})) << i;
            // The other thread may be quicker, and leave little to this one.
            const int most = threads == 1 ? 3 : 1;
            EXPECT_GE(asked, most) << i;
            asked = 0;
            EXPECT_THROW(metrics[i](team, [&] { return ++asked == most; }), Stopped) << i;
            EXPECT_EQ(asked, most) << i;
        }
    }
}

}  // namespace
