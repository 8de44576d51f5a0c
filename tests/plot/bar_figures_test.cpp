// SPDX-License-Identifier: MIT
#include "plot/bar_figures.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"

namespace {

using namespace mf;

plot::Figure of_panels(std::size_t count) {
    const std::vector<plot::BarPanel> panels(count, {"number", {{1.0}, {2.0, 3.0}, {}}});
    return plot::bars_figure({"base", "one", "none"}, panels);
}

TEST(BarFigure, ManyPanelsStandInSeveralRowsEachWithItsNames) {
    const plot::Figure few = of_panels(3), many = of_panels(11);
    EXPECT_EQ(few.rows, 1U);
    EXPECT_EQ(few.columns, 3U);
    EXPECT_EQ(many.rows, 2U);
    EXPECT_EQ(many.columns, 6U);
    for (std::size_t i = 0; i < many.panels.size(); ++i)
        EXPECT_EQ(many.panels[i].y_names.size(), i % 6 == 0 ? 3U : 0U) << i;
}

TEST(BarFigure, RefusesPanelsThatLackARow) {
    EXPECT_THROW((void)plot::bars_figure({"base", "one"}, {{"number", {{1.0}}}}), Error);
    EXPECT_THROW((void)plot::bars_figure({"base"}, {}), Error);
}

}  // namespace
