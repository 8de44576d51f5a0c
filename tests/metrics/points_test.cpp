// SPDX-License-Identifier: MIT
#include "metrics/points.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "metrics/sliced_wasserstein.hpp"
#include "metrics/sort_floats.hpp"

namespace {

using namespace mf;

std::unique_ptr<Dataset> data_set(const std::string& name) {
    const auto& entry = dataset_catalogue().at(name);
    return entry.make(Settings(entry.options));
}

std::vector<float> drawn(const Dataset& data, std::int64_t n, std::uint64_t seed) {
    std::vector<float> out(static_cast<std::size_t>(2 * n));
    data.draw(out.data(), nullptr, Random(seed, Stream::sampling), 0, n);
    return out;
}

TEST(SortFloats, AgreesWithComparing) {
    for (const std::int64_t n : {0, 1, 2, 511, 512, 513, 20000}) {
        std::vector<float> values(static_cast<std::size_t>(n));
        Random(4, Stream::test).normal_vector(values.data(), n, 0);
        if (n > 20) {
            const float odd[] = {0.0F, -0.0F, 1e-42F, -1e-42F, 3e38F, -3e38F, 1.0F, 1.0F};
            std::copy(std::begin(odd), std::end(odd), values.begin() + 3);
        }
        std::vector<float> expected = values;
        std::sort(expected.begin(), expected.end());
        std::vector<std::uint32_t> scratch;
        sort_floats(values, scratch);
        EXPECT_EQ(values, expected) << n;
    }
}

TEST(SlicedWasserstein, UnequalSizesAreTransportedByQuantiles) {
    const std::vector<float> x = {0, 1, 5}, y = {-1, 2};
    // Repeated to equal size: 0 0 1 1 5 5 and -1 -1 -1 2 2 2.
    EXPECT_NEAR(transport_cost(x, y, 1), (1 + 1 + 2 + 1 + 3 + 3) / 6.0, 1e-15);
    EXPECT_NEAR(transport_cost(x, y, 2), (1 + 1 + 4 + 1 + 9 + 9) / 6.0, 1e-15);
    EXPECT_NEAR(transport_cost(y, x, 2), (1 + 1 + 4 + 1 + 9 + 9) / 6.0, 1e-15);
}

TEST(SlicedWasserstein, AShiftCostsItsLengthAlongEachDirection) {
    const auto data = data_set("moons");
    const std::vector<float> x = drawn(*data, 3000, 1);
    std::vector<float> y = x;
    for (std::size_t i = 0; i < y.size(); i += 2) y[i] += 0.5F;
    Team team(2);
    // Mean of cos^2 over half a turn is 1/2.
    EXPECT_NEAR(sliced_wasserstein_plane(as_rows(x, 2), as_rows(y, 2), team), 0.5 / std::sqrt(2.0), 1e-6);
}

TEST(Points, FreshDataScoresAsWellAsCanBe) {
    Team team(2);
    for (const char* name :
         {"checkerboard", "moons", "eight_gaussians", "pinwheel", "swiss_roll", "circles", "spiral"}) {
        const auto data = data_set(name);
        const std::vector<float> x = drawn(*data, 20000, 3);
        const PointScores scores = score_points(as_rows(x, 2), *data->points(), 123, team);
        EXPECT_EQ(scores.n, 20000);
        if (data->points()->contains(0, 0))
            EXPECT_EQ(scores.inside, 1.0) << name;
        else
            EXPECT_FALSE(scores.inside.has_value()) << name;
        EXPECT_EQ(scores.coverage, 1.0) << name;
        EXPECT_LT(scores.swd, 0.05) << name;
        EXPECT_NEAR(scores.mmd2, 0, 1e-3) << name;
        EXPECT_NEAR(scores.energy, 0, 3e-3) << name;
    }
}

TEST(Points, NoiseScoresWorse) {
    const auto data = data_set("checkerboard");
    const auto gaussians = data_set("eight_gaussians");
    const std::vector<float> x = drawn(*gaussians, 20000, 3);
    Team team(2);
    const PointScores scores = score_points(as_rows(x, 2), *data->points(), 123, team);
    EXPECT_LT(*scores.inside, 0.8);
    EXPECT_LT(*scores.coverage, 0.8);
    EXPECT_GT(scores.swd, 0.1);
    EXPECT_GT(scores.mmd2, 0.01);
    EXPECT_GT(scores.energy, 0.01);
}

TEST(Points, ScoresAreTheSameWhateverTheNumberOfThreads) {
    const auto data = data_set("pinwheel");
    const std::vector<float> x = drawn(*data, 5000, 3);
    Team one(1), two(2);
    const PointScores a = score_points(as_rows(x, 2), *data->points(), 5, one);
    const PointScores b = score_points(as_rows(x, 2), *data->points(), 5, two);
    EXPECT_EQ(a.swd, b.swd);
    EXPECT_EQ(a.mmd2, b.mmd2);
    EXPECT_EQ(a.energy, b.energy);
    EXPECT_NE(a.swd, score_points(as_rows(x, 2), *data->points(), 6, two).swd);
}

TEST(Points, ScoringIsQuick) {
    const auto data = data_set("checkerboard");
    const std::vector<float> x = drawn(*data, 20000, 3);
    Team team(0);
    const Stopwatch watch;
    score_points(as_rows(x, 2), *data->points(), 5, team);
    RecordProperty("milliseconds", static_cast<int>(watch.seconds() * 1000));
    EXPECT_LT(watch.seconds(), 20);  // some 0.1 s when nothing else runs; a sanitizer takes longer
}

TEST(Points, CountsWhatEachModeHolds) {
    const auto data = data_set("checkerboard");
    const std::vector<float> x = {-0.5F, -1.5F, -0.4F, -1.4F, 0.5F, 1.5F, -1.5F, -1.5F, 9, 9};
    EXPECT_EQ(mode_counts(as_rows(x, 2), *data->points()),
              (std::vector<std::int64_t>{2, 0, 0, 0, 0, 0, 0, 1, 2}));
    EXPECT_DOUBLE_EQ(*inside_share(as_rows(x, 2), *data->points()), 0.6);
    EXPECT_DOUBLE_EQ(*mode_coverage(as_rows(x, 2), *data->points()), 0);
}

TEST(Points, ANonFiniteSampleIsNamed) {
    const auto data = data_set("checkerboard");
    std::vector<float> x = drawn(*data, 50, 3);
    x[2 * 33] = INFINITY;
    Team team;
    try {
        score_points(as_rows(x, 2), *data->points(), 5, team);
        FAIL() << "an infinity went through";
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("row 33, column 0 is inf"), std::string::npos)
            << error.what();
    }
    EXPECT_THROW(score_points(as_rows(x, 4), *data->points(), 5, team), Error);
    EXPECT_THROW(score_points({x.data(), 1, 2}, *data->points(), 5, team), Error);
}

}  // namespace
