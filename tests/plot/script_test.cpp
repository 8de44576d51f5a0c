// SPDX-License-Identifier: MIT
#include "plot/script.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "plot/layout.hpp"
#include "plot/plot_support.hpp"
#include "plot/prepare.hpp"
#include "plot/text.hpp"

namespace {

using namespace mf::plot;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Figure with_layer(Layer layer) {
    Figure figure;
    figure.panels.push_back(Panel{.title = "panel", .layers = {std::move(layer)}});
    return figure;
}

TEST(PlotScript, NamesItsDataAndStylesOnce) {
    Figure figure{.title = "", .columns = 3};
    const Points target{.xy = {0, 0, 1, 1, 2, 0}, .colour = kCloudGrey};
    for (int i = 0; i < 3; ++i)
        figure.panels.push_back(Panel{.layers = {target, Points{.xy = {0.5F, static_cast<float>(i)}}}});
    const Script script = script_of(figure, "name");
    EXPECT_TRUE(has(script.commands, "data = './name.tsv'"));
    EXPECT_TRUE(has(script.commands, "noenhanced"));
    EXPECT_EQ(count_of(script.commands, "\nplot ["), 3U);
    EXPECT_EQ(count_of(script.commands, "set style line"), 4U);  // frame, grid, two kinds of points
    EXPECT_EQ(count_of(script.data, "# "), 4U);                  // the target once, three clouds
    EXPECT_EQ(count_of(script.commands, "data index 0 "), 3U);
    EXPECT_TRUE(has(script.data, "0\t0\n1\t1\n2\t0\n"));
}

TEST(PlotScript, TextCannotBecomeCommands) {
    Figure figure = with_layer(Points{.xy = {0, 0}, .label = "'\nsystem 'false'"});
    figure.title = "a'.system('false').'b\\";
    figure.panels[0].x_names = {{0, "50%'"}};
    const Script script = script_of(figure, "it's `x`\nsystem 'false'");
    EXPECT_TRUE(has(script.commands, "'a''.system(''false'').''b\\'"));
    EXPECT_TRUE(has(script.commands, "('50%%''' 0)"));
    EXPECT_FALSE(has(script.commands, "\nsystem"));
    EXPECT_FALSE(has(script.data, "\nsystem"));
}

TEST(PlotScript, PointsThatAreNotFiniteAreCounted) {
    const Figure figure = prepared(with_layer(Points{.xy = {0, 1, kNan, 0, 3, 4, 1, INFINITY}}));
    EXPECT_EQ(std::get<Points>(figure.panels[0].layers[0]).xy, (std::vector<float>{0, 1, 3, 4}));
    EXPECT_EQ(figure.panels[0].caption, "2 not finite");
}

TEST(PlotScript, ACloudOutOfViewIsAdmitted) {
    Figure figure = with_layer(Points{.xy = {0, 0, 9, 9, 0.5F, 0.5F, 0, 9}});
    figure.panels[0].x = figure.panels[0].y = {-1, 1};
    figure.panels[0].caption = "inside .5";
    EXPECT_EQ(prepared(figure).panels[0].caption, "inside .5  50% out of view");
}

TEST(PlotScript, LargeCloudsAreThinnedEvenly) {
    std::vector<float> xy;
    for (int i = 0; i < 10000; ++i) xy.insert(xy.end(), {static_cast<float>(i), 0.F});
    Figure figure = with_layer(Points{.xy = xy});
    const auto kept = std::get<Points>(prepared(figure).panels[0].layers[0]).xy;
    ASSERT_EQ(kept.size(), 6000U);
    EXPECT_EQ(kept[0], 0);
    EXPECT_NEAR(kept[5998], 10000, 5);
    figure.most_svg_points = 1000;
    EXPECT_TRUE(has(script_of(figure, "x").commands, "thin = format eq 'svg' ? 3 : 1"));
}

TEST(PlotScript, RangesHoldTheData) {
    const Figure line = prepared(with_layer(Line{.x = {0, 10}, .y = {2, 4}, .low = {1, 3}, .high = {3, 6}}));
    EXPECT_LT(line.panels[0].y.low, 1);
    EXPECT_GT(line.panels[0].y.high, 6);
    const Figure one = prepared(with_layer(Points{.xy = {5, 5}}));
    EXPECT_LT(one.panels[0].x.low, one.panels[0].x.high);
    const Figure none = prepared(with_layer(Points{}));
    EXPECT_LT(none.panels[0].x.low, none.panels[0].x.high);
    const Figure bars = prepared(with_layer(Bars{.x = {0, 1}, .y = {3, 4}}));
    EXPECT_EQ(bars.panels[0].y.low, 0);
    Figure logarithmic = with_layer(Line{.x = {0, 1, 2}, .y = {-1, 0, 0.5}});
    logarithmic.panels[0].log_y = true;
    EXPECT_GT(prepared(logarithmic).panels[0].y.low, 0);
}

TEST(PlotScript, TicksAreRoundNumbers) {
    EXPECT_DOUBLE_EQ(tick_step({-3, 3}, 4), 2);
    EXPECT_DOUBLE_EQ(tick_step({0, 5000}, 6), 1000);
    EXPECT_DOUBLE_EQ(tick_step({0, 0.3}, 4), 0.1);
    EXPECT_EQ(tick_labels({-2.5, 2.5}, 1), (std::vector<std::string>{"-2", "-1", "0", "1", "2"}));
}

TEST(PlotScript, EqualAspectIsExact) {
    for (const Range y : {Range{-3, 3}, Range{-1, 1}, Range{-9, 9}, Range{0, 100}}) {
        Figure figure = with_layer(Points{.xy = {0, 0}});
        figure.panels[0].equal_aspect = true;
        figure.panels[0].x = {-3, 3};
        figure.panels[0].y = y;
        const Frame frame = laid_out(prepared(figure)).panels[0].frame;
        EXPECT_NEAR(frame.height / (y.high - y.low), frame.width / 6, 1e-9);
    }
}

TEST(PlotScript, NothingLeavesTheCanvasAndPanelsDoNotMeet) {
    Figure figure{.title = std::string(300, 'T'), .rows = 2, .columns = 3};
    figure.row_headings = {std::string(200, 'r'), "b"};
    figure.column_headings = {"a", std::string(200, 'c'), "d"};
    figure.note = std::string(400, 'n');
    for (int i = 0; i < 5; ++i)
        figure.panels.push_back(
            Panel{.title = std::string(100, 'p'),
                  .caption = "inside .914  swd .024  energy .0012  modes 8 of 8",
                  .x_label = "x",
                  .y_label = "y",
                  .layers = {Line{.x = {0, 1}, .y = {0, 1}, .label = std::string(60, 'l')}}});
    const Layout layout = laid_out(prepared(figure));
    const auto inside = [&](const PlacedText& text) {
        const double length = text_width(text.text, text.size), half = text.size / 2;
        const double left = text.rotated                            ? text.x - half
                            : text.align == PlacedText::Align::left ? text.x
                                                                    : text.x - length / 2;
        const double right = text.rotated ? text.x + half : left + length;
        EXPECT_GE(left, 0) << text.text;
        EXPECT_LE(right, layout.width) << text.text;
        EXPECT_GE(text.y - half, 0) << text.text;
        EXPECT_LE(text.y + half, layout.height) << text.text;
    };
    for (const PlacedText& text : layout.texts) inside(text);
    for (const PanelLayout& panel : layout.panels)
        for (const PlacedText& text : panel.texts) inside(text);
    EXPECT_GT(layout.panels[1].frame.left, layout.panels[0].frame.right());
    EXPECT_GT(layout.panels[3].frame.top, layout.panels[0].frame.bottom());
}

TEST(PlotScript, ContradictingSizesAreErrors) {
    EXPECT_THROW(script_of(Figure{}, "x"), mf::Error);
    EXPECT_THROW(script_of(with_layer(Points{.xy = {1, 2, 3}}), "x"), mf::Error);
    EXPECT_THROW(script_of(with_layer(Line{.x = {1, 2}, .y = {1}}), "x"), mf::Error);
    EXPECT_THROW(script_of(with_layer(Line{.x = {1, 2}, .y = {1, 2}, .low = {1}}), "x"), mf::Error);
    EXPECT_THROW(script_of(with_layer(Heat{.values = {1, 2, 3}, .rows = 2, .columns = 2}), "x"), mf::Error);
    EXPECT_THROW(script_of(with_layer(Bars{.x = {1}, .y = {}}), "x"), mf::Error);
    Figure figure = with_layer(Points{.xy = {0, 0}});
    figure.row_headings = {"a", "b"};
    EXPECT_THROW(script_of(figure, "x"), mf::Error);
    figure.row_headings.clear();
    figure.panels.resize(2);
    EXPECT_THROW(script_of(figure, "x"), mf::Error);
}

}  // namespace
