// SPDX-License-Identifier: MIT
// What holds for every point set of the catalogue, at its defaults and with other options.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "data/arrays.hpp"
#include "data/dataset.hpp"

namespace {

using namespace mf;

struct Case {
    std::string label;
    std::string name;
    std::vector<std::pair<std::string, std::string>> options;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.label; }

std::unique_ptr<Dataset> make(const Case& c) {
    const auto& entry = dataset_catalogue().at(c.name);
    Settings settings(entry.options);
    for (const auto& [key, value] : c.options) settings.set(key, value);
    return entry.make(settings);
}

std::vector<float> draw(const Dataset& data, std::int64_t count, std::uint64_t first = 0,
                        std::uint64_t seed = 5) {
    std::vector<float> out(static_cast<std::size_t>(2 * count));
    data.draw(out.data(), nullptr, Random(seed, Stream::data), first, count);
    return out;
}

class PointSet : public testing::TestWithParam<Case> {
  protected:
    std::unique_ptr<Dataset> data_ = make(GetParam());
    const PointDataset& points_ = *data_->points();
};

TEST_P(PointSet, IsAnEndlessSourceOfUnlabelledPoints) {
    EXPECT_EQ(data_->sample_shape(), (Shape{2}));
    EXPECT_EQ(data_->size(), 0);
    EXPECT_EQ(data_->classes(), 0);
    std::vector<float> out(10);
    std::vector<std::int32_t> labels(5, 7);
    data_->draw(out.data(), labels.data(), Random(1, Stream::data), 0, 5);
    EXPECT_EQ(labels, std::vector<std::int32_t>(5, 0));
}

TEST_P(PointSet, APointDependsOnSeedStreamAndIndexAlone) {
    const std::vector<float> whole = draw(*data_, 1000, 7);
    for (const auto& [first, count] : std::vector<std::pair<std::int64_t, std::int64_t>>{
             {0, 1}, {1, 63}, {64, 65}, {500, 200}, {999, 1}}) {
        const std::vector<float> part = draw(*data_, count, 7 + static_cast<std::uint64_t>(first));
        for (std::int64_t i = 0; i < 2 * count; ++i)
            ASSERT_EQ(part[static_cast<std::size_t>(i)], whole[static_cast<std::size_t>(2 * first + i)]);
    }
    EXPECT_NE(draw(*data_, 10, 0, 5), draw(*data_, 10, 0, 6));
}

TEST_P(PointSet, WritesNoMoreThanItWasAskedFor) {
    std::vector<float> out(2 * 70 + 2, -77.0F);
    data_->draw(out.data(), nullptr, Random(1, Stream::data), 3, 70);
    EXPECT_NE(out[139], -77.0F);
    EXPECT_EQ(out[140], -77.0F);
    EXPECT_EQ(out[141], -77.0F);
}

TEST_P(PointSet, PointsLieInTheSupportAndInTheView) {
    const std::vector<float> xy = draw(*data_, 300000);
    const Box box = points_.view();
    const bool sharp = points_.contains(0, 0).has_value();
    std::size_t outside = 0, out_of_view = 0;
    for (std::size_t i = 0; i < xy.size(); i += 2) {
        const double x = xy[i], y = xy[i + 1];
        out_of_view += x < box.x0 || x > box.x1 || y < box.y0 || y > box.y1;
        outside += sharp && !*points_.contains(x, y);
    }
    EXPECT_EQ(outside, 0U);
    EXPECT_LE(out_of_view, sharp ? 0U : xy.size() / 2000);
}

TEST_P(PointSet, FillsAboutTheUsualSquare) {
    const std::vector<float> xy = draw(*data_, 100000);
    double sum[2] = {}, square = 0;
    for (std::size_t i = 0; i < xy.size(); ++i) {
        sum[i % 2] += xy[i];
        square += double{xy[i]} * xy[i];
    }
    EXPECT_NEAR(sum[0] / 1e5, 0, 0.4);
    EXPECT_NEAR(sum[1] / 1e5, 0, 0.4);
    EXPECT_NEAR(std::sqrt(square / 2e5), 1.1, 0.3);
}

// Midpoint rule on the view: the density is that of one whole, and it is the density of what is drawn.
TEST_P(PointSet, DensityIntegratesToOneAndMatchesTheSamples) {
    ASSERT_TRUE(points_.density(0, 0).has_value());
    constexpr int fine = 1500, coarse = 6;
    const Box box = points_.view();
    const double dx = (box.x1 - box.x0) / fine, dy = (box.y1 - box.y0) / fine;
    std::vector<double> expected(coarse * coarse), seen(coarse * coarse);
    double total = 0;
    for (int j = 0; j < fine; ++j)
        for (int i = 0; i < fine; ++i) {
            const double p = *points_.density(box.x0 + (i + 0.5) * dx, box.y0 + (j + 0.5) * dy) * dx * dy;
            total += p;
            expected[static_cast<std::size_t>(j * coarse / fine * coarse + i * coarse / fine)] += p;
        }
    EXPECT_NEAR(total, 1, 0.004);

    constexpr std::int64_t count = 200000;
    const std::vector<float> xy = draw(*data_, count);
    for (std::size_t i = 0; i < xy.size(); i += 2) {
        const int cx = static_cast<int>((xy[i] - box.x0) / (box.x1 - box.x0) * coarse);
        const int cy = static_cast<int>((xy[i + 1] - box.y0) / (box.y1 - box.y0) * coarse);
        if (cx >= 0 && cx < coarse && cy >= 0 && cy < coarse)
            seen[static_cast<std::size_t>(cy * coarse + cx)] += 1;
    }
    for (std::size_t k = 0; k < seen.size(); ++k)
        EXPECT_NEAR(seen[k] / count, expected[k], 4.5 * std::sqrt(expected[k] / count) + 0.0015)
            << "cell " << k;
}

TEST_P(PointSet, ModesHaveEqualMass) {
    const int modes = points_.modes();
    ASSERT_GT(modes, 0);
    constexpr std::int64_t count = 200000;
    const std::vector<float> xy = draw(*data_, count, 11);
    std::vector<double> held(static_cast<std::size_t>(modes));
    double nowhere = 0;
    for (std::size_t i = 0; i < xy.size(); i += 2) {
        const int mode = points_.mode_of(xy[i], xy[i + 1]);
        ASSERT_LT(mode, modes);
        (mode < 0 ? nowhere : held[static_cast<std::size_t>(mode)]) += 1;
    }
    const double due = double{count} / modes;
    for (const double n : held) EXPECT_NEAR(n, due, 4.5 * std::sqrt(due) + 0.0005 * due);
    EXPECT_LE(nowhere, points_.contains(0, 0) ? 0.0 : 0.001 * count);
    EXPECT_EQ(points_.mode_of(50, -60), -1);
    EXPECT_EQ(points_.mode_of(std::nan(""), 0), -1);
    EXPECT_NEAR(points_.density(50, -60).value(), 0, 1e-12);
}

INSTANTIATE_TEST_SUITE_P(
    Catalogue, PointSet,
    testing::Values(Case{"checkerboard", "checkerboard", {}},
                    Case{"odd_board", "checkerboard", {{"data.grid", "5"}, {"data.scale", "1.9"}}},
                    Case{"moons", "moons", {}}, Case{"wide_moons", "moons", {{"data.noise", "0.25"}}},
                    Case{"eight_gaussians", "eight_gaussians", {}},
                    Case{"wide_bells", "eight_gaussians", {{"data.std", "0.2"}}},
                    Case{"pinwheel", "pinwheel", {}},
                    Case{"straight_pinwheel", "pinwheel", {{"data.arms", "3"}, {"data.twist", "0"}}},
                    Case{"left_pinwheel", "pinwheel", {{"data.arms", "8"}, {"data.twist", "-0.3"}}},
                    Case{"swiss_roll", "swiss_roll", {}}, Case{"circles", "circles", {}},
                    Case{"wide_circles", "circles", {{"data.factor", "0.3"}, {"data.noise", "0.3"}}},
                    Case{"spiral", "spiral", {}},
                    Case{"three_arms", "spiral", {{"data.arms", "3"}, {"data.turns", "1"}}}),
    [](const auto& info) { return info.param.label; });

TEST(PointSets, EveryOneOfTheCatalogueIsTested) {
    int points = 0;
    for (const auto& entry : dataset_catalogue().entries()) {
        // Those that are read from files are no points, and those of a program's memory are its own.
        if (std::ranges::find(entry.options, "data.path", &Option::key) != entry.options.end()) continue;
        if (entry.name == kArrays) continue;
        points += make({entry.name, entry.name, {}})->points() != nullptr ? 1 : 0;
    }
    EXPECT_EQ(dataset_catalogue().entries().front().name, "checkerboard");
    EXPECT_EQ(points, 7) << "add the new set to the cases above";
    EXPECT_THROW(dataset_catalogue().at("chequerboard"), UsageError);
}

TEST(PointSets, OptionsThatCannotBeAreRefused) {
    EXPECT_THROW(make({"", "circles", {{"data.factor", "0.9"}}}), UsageError);
    EXPECT_THROW(make({"", "swiss_roll", {{"data.noise", "0.45"}}}), UsageError);
    EXPECT_THROW(make({"", "spiral", {{"data.turns", "8"}}}), UsageError);
    EXPECT_THROW(make({"", "moons", {{"data.noise", "0.3"}}}), UsageError);
    EXPECT_THROW(make({"", "checkerboard", {{"data.grid", "1"}}}), UsageError);
}

}  // namespace
