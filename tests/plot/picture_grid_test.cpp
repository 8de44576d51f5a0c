// SPDX-License-Identifier: MIT
#include "plot/picture_grid.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "plot/figure.hpp"

namespace mf::plot {
namespace {

/// Two rows and three columns (in two groups) of blocks of two 3 x 2 pictures; cell k is of one colour.
PictureGrid small_grid() {
    PictureGrid grid;
    grid.row_title = "rows";
    grid.column_title = "columns";
    grid.rows = {"one", "two"};
    grid.groups = {{"a", {"x", "y"}}, {"b", {"x"}}};
    grid.note = "a note";
    grid.height = 3;
    grid.width = 2;
    grid.block_columns = 2;
    grid.zoom = 5;
    for (int k = 0; k < 6; ++k) {
        std::vector<std::uint8_t> cell;
        for (int i = 0; i < 2 * 3 * 2; ++i)
            cell.insert(cell.end(), {200, 10, static_cast<std::uint8_t>(100 + k)});
        grid.cells.push_back(cell);
    }
    return grid;
}

TEST(PictureGrid, EnlargesEveryPixelToASquareInItsPlace) {
    if (!can_draw()) GTEST_SKIP() << "gnuplot is not installed";
    const mf::Picture sheet = draw_picture_grid(small_grid());
    ASSERT_EQ(sheet.channels, 3);
    ASSERT_EQ(sheet.pixels.size(), static_cast<std::size_t>(sheet.width) * sheet.height * 3);
    std::vector<int> count(6), left(6, sheet.width), top(6, sheet.height);
    bool words = false;
    for (int y = 0; y < sheet.height; ++y)
        for (int x = 0; x < sheet.width; ++x) {
            const std::uint8_t* pixel = &sheet.pixels[static_cast<std::size_t>(y * sheet.width + x) * 3];
            words = words || (pixel[0] < 80 && pixel[0] == pixel[1] && pixel[1] == pixel[2]);
            if (pixel[0] != 200 || pixel[1] != 10) continue;
            const std::size_t k = pixel[2] - 100U;
            ASSERT_LT(k, 6U);
            ++count[k];
            left[k] = std::min(left[k], x);
            top[k] = std::min(top[k], y);
        }
    for (std::size_t k = 0; k < 6; ++k) EXPECT_EQ(count[k], 2 * 6 * 25) << k;
    EXPECT_TRUE(words);
    EXPECT_EQ(left[0], left[3]);
    EXPECT_EQ(top[0], top[2]);
    EXPECT_LT(top[0], top[3]);
    EXPECT_GT(left[2] - left[1], left[1] - left[0]) << "groups stand apart";
}

TEST(PictureGrid, RefusesCellsThatDoNotFit) {
    PictureGrid grid = small_grid();
    grid.cells.pop_back();
    EXPECT_THROW(draw_picture_grid(grid), Error);
    grid = small_grid();
    grid.cells[2].pop_back();
    EXPECT_THROW(draw_picture_grid(grid), Error);
}

}  // namespace
}  // namespace mf::plot
