// SPDX-License-Identifier: MIT
#include "data/checkerboard.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "data/dataset.hpp"
#include "support/golden.hpp"

namespace {

using namespace mf;

std::unique_ptr<Dataset> board() {
    const auto& entry = dataset_catalogue().at("checkerboard");
    return entry.make(Settings(entry.options));
}

TEST(Checkerboard, ThePointOfACellIsTheReferenceOne) {
    const Golden golden("toy_checkerboard.safetensors");
    const int grid = golden.config().at("grid_size");
    const float scale = golden.config().at("scale");
    const auto& x = golden.at("cell_x").values;
    const auto& y = golden.at("cell_y").values;
    const auto offset = golden.at("offset").floats();
    const auto expected = golden.at("point_from_cell").floats();
    for (std::size_t i = 0; i < x.size(); ++i) {
        const Point p = checkerboard_point(static_cast<int>(x[i]), static_cast<int>(y[i]), offset[2 * i],
                                           offset[2 * i + 1], grid, scale);
        EXPECT_FLOAT_EQ(p.x, expected[2 * i]);
        EXPECT_FLOAT_EQ(p.y, expected[2 * i + 1]);
    }
}

TEST(Checkerboard, ContainsEveryPointOfTheReferenceSampler) {
    const Golden golden("toy_checkerboard.safetensors");
    const auto points = golden.at("points").floats();
    const auto data = board();
    for (std::size_t i = 0; i < points.size(); i += 2)
        EXPECT_TRUE(*data->points()->contains(points[i], points[i + 1]))
            << points[i] << ", " << points[i + 1];
}

TEST(Checkerboard, KnowsItsCells) {
    const auto data = board();
    const PointDataset& points = *data->points();
    EXPECT_FALSE(*points.contains(-1.5, -1.5));
    EXPECT_TRUE(*points.contains(-0.5, -1.5));
    EXPECT_TRUE(*points.contains(-1.5, -0.5));
    EXPECT_FALSE(*points.contains(2.5, -1.5));
    EXPECT_TRUE(*points.contains(2.0, -1.5)) << "edges belong to the filled cells they bound";
    EXPECT_EQ(points.modes(), 8);
    EXPECT_EQ(points.mode_of(-0.5, -1.5), 0);
    EXPECT_EQ(points.mode_of(0.5, 1.5), 7);
    EXPECT_DOUBLE_EQ(*points.density(-0.5, -1.5), 0.125);
    EXPECT_DOUBLE_EQ(*points.density(-1.5, -1.5), 0.0);
}

TEST(Checkerboard, HasTheMomentsOfItsCells) {
    constexpr std::size_t n = 400000;
    std::vector<float> xy(2 * n);
    board()->draw(xy.data(), nullptr, Random(9, Stream::data), 0, n);
    double x = 0, y = 0, xx = 0, yy = 0, xy_mean = 0;
    for (std::size_t i = 0; i < xy.size(); i += 2) {
        x += xy[i] / double{n};
        y += xy[i + 1] / double{n};
        xx += double{xy[i]} * xy[i] / double{n};
        yy += double{xy[i + 1]} * xy[i + 1] / double{n};
        xy_mean += double{xy[i]} * xy[i + 1] / double{n};
    }
    EXPECT_NEAR(x, 0, 0.008);
    EXPECT_NEAR(y, 0, 0.008);
    EXPECT_NEAR(xx, 4.0 / 3, 0.008);  // each coordinate alone is uniform on [-2, 2]
    EXPECT_NEAR(yy, 4.0 / 3, 0.008);
    EXPECT_NEAR(xy_mean, -0.25, 0.01);  // mean over the filled cells of the product of their middles
}

// Every cell of any board is reached, none other is.
TEST(Checkerboard, ReachesEveryFilledCellOfAnyBoard) {
    const auto& entry = dataset_catalogue().at("checkerboard");
    for (const int grid : {2, 3, 6, 7, 16, 33}) {
        Settings settings(entry.options);
        settings.set("data.grid", std::to_string(grid));
        const auto data = entry.make(settings);
        const std::int64_t count = 20LL * grid * grid;
        std::vector<float> xy(static_cast<std::size_t>(2 * count));
        data->draw(xy.data(), nullptr, Random(1, Stream::data), 0, count);
        std::vector<bool> seen(static_cast<std::size_t>(data->points()->modes()));
        for (std::size_t i = 0; i < xy.size(); i += 2) {
            const int mode = data->points()->mode_of(xy[i], xy[i + 1]);
            ASSERT_GE(mode, 0);
            seen[static_cast<std::size_t>(mode)] = true;
        }
        EXPECT_EQ(std::count(seen.begin(), seen.end(), true), data->points()->modes()) << "grid " << grid;
    }
}

}  // namespace
