// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "plot/loss_figures.hpp"
#include "plot/plot_support.hpp"
#include "plot/points_figures.hpp"
#include "plot/script.hpp"
#include "plot/sheet.hpp"

namespace {

using namespace mf::plot;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

Scene scene() {
    Scene out;
    out.tiles = {{0, 1, 0, 1}};
    out.target = {0.5F, 0.5F};
    return out;
}

TEST(PointFigures, CompareHasARowAMethodAndAColumnAStepCount) {
    const std::vector<Row> rows{{"fm", {{0, 0}, {1, 1}}, {"inside .1", "inside .2"}}, {"imf", {{2, 2}, {}}}};
    const Figure figure = compare_figure(scene(), rows, {1, 100});
    EXPECT_EQ(figure.column_headings, (std::vector<std::string>{"1 step", "100 steps"}));
    EXPECT_EQ(figure.row_headings, (std::vector<std::string>{"fm", "imf"}));
    ASSERT_EQ(figure.panels.size(), 4U);
    EXPECT_EQ(figure.panels[1].caption, "inside .2");
    EXPECT_EQ(figure.panels[3].message, "no points");
    for (const Panel& panel : figure.panels) {
        EXPECT_TRUE(panel.equal_aspect);
        EXPECT_EQ(panel.x.low, -3);
        EXPECT_TRUE(std::holds_alternative<Tiles>(panel.layers[0]));
    }
    EXPECT_EQ(std::get<Points>(figure.panels[0].layers.back()).colour, kBlue);
    EXPECT_EQ(std::get<Points>(figure.panels[2].layers.back()).colour, kVermilion);
    EXPECT_EQ(figure.panels[1].y_ticks, Ticks::none);
    EXPECT_EQ(figure.panels[2].x_ticks, Ticks::labelled);
    EXPECT_NO_THROW(script_of(figure, "x"));
}

TEST(PointFigures, HeadingsOfTimesAndIterations) {
    const std::vector<Row> rows{{"mf", {{0, 0}, {1, 1}, {2, 2}}}};
    EXPECT_EQ(evolution_figure(scene(), rows, {1, 0.75, 0}).column_headings,
              (std::vector<std::string>{"t = 1.0", "t = 0.75", "t = 0.0"}));
    EXPECT_EQ(stages_figure(scene(), rows, {0, 1000, 5000}).column_headings[1], "iteration 1000");
}

TEST(PointFigures, ARowMustFillItsColumns) {
    EXPECT_THROW(compare_figure(scene(), {{"fm", {{0, 0}}}}, {1, 2}), mf::Error);
    EXPECT_THROW(compare_figure(scene(), {{"fm", {{0, 0}}, {"a", "b"}}}, {1}), mf::Error);
    EXPECT_THROW(compare_figure(scene(), {}, {1}), mf::Error);
}

TEST(PointFigures, PairAndCloudTakeOddClouds) {
    for (const Cloud& cloud : {Cloud{}, Cloud{1, 2}, Cloud{static_cast<float>(kMissing), 0}}) {
        EXPECT_NO_THROW(script_of(pair_figure(scene(), cloud, cloud), "x"));
        EXPECT_NO_THROW(script_of(cloud_figure(scene(), cloud, "t", "c"), "x"));
        Scene dense = scene();
        dense.density = true;
        EXPECT_NO_THROW(script_of(cloud_figure(dense, cloud, "t", "c"), "x"));
    }
    EXPECT_EQ(cloud_figure(scene(), {static_cast<float>(kMissing), 0}, "t").panels[0].message, "no points");
}

TEST(PointFigures, CaptionsDropTheZero) {
    EXPECT_EQ(caption_of({{"inside", .9144}, {"swd", .024}}), "inside .914  swd .024");
    EXPECT_EQ(caption_of({{"energy", -.0012}, {"b", 1.5}}), "energy −.001  b 1.500");
    EXPECT_EQ(caption_of({{"a", kMissing}, {"b", -1e-9}}), "a –  b .000");
    EXPECT_EQ(caption_of({}), "");
}

TEST(PointFigures, DensityCountsWhatIsInTheWindow) {
    const Heat heat = density_of({0.1F, 0.1F, 0.2F, 0.2F, 0.9F, 0.1F, 5, 5, static_cast<float>(kMissing), 0},
                                 {0, 1}, {0, 1}, 2, kBlue);
    EXPECT_EQ(heat.values, (std::vector<float>{2, 1, 0, 0}));
}

TEST(LossFigures, MovingMean) {
    EXPECT_EQ(moving_mean({1, 2, 3, 4, 5}, 3), (std::vector<double>{1, 2, 3, 4, 4.5}));
    EXPECT_EQ(moving_mean({1, kMissing, 3}, 3)[1], 2);
    EXPECT_TRUE(std::isnan(moving_mean({kMissing, 1, 1}, 1)[0]));
    EXPECT_TRUE(moving_mean({}, 5).empty());
}

TEST(LossFigures, ThinningKeepsTheExtremes) {
    std::vector<double> x, y;
    for (int i = 0; i < 10000; ++i) {
        x.push_back(i);
        y.push_back(i == 5005 ? 100 : i == 5006 ? -100 : std::sin(i * 0.01));
    }
    thin_curve(x, y, 200);
    EXPECT_LE(x.size(), 200U);
    EXPECT_EQ(x.size(), y.size());
    EXPECT_TRUE(std::is_sorted(x.begin(), x.end()));
    EXPECT_EQ(*std::max_element(y.begin(), y.end()), 100);
    EXPECT_EQ(*std::min_element(y.begin(), y.end()), -100);
    std::vector<double> short_x{1, 2}, short_y{3, 4};
    thin_curve(short_x, short_y, 200);
    EXPECT_EQ(short_x.size(), 2U);
}

TEST(LossFigures, PanelsShareARangeUnlessItFlattensOne) {
    LossCurve calm{"imf", {}, {}}, wild{"mf", {}, {}}, huge{"sum", {}, {}};
    for (int i = 0; i < 500; ++i) {
        const double wave = std::sin(i * 1.7);
        for (LossCurve* curve : {&calm, &wild, &huge}) curve->steps.push_back(i);
        calm.losses.push_back(1.9 + 0.1 * wave);
        wild.losses.push_back(3 + 0.5 * wave);
        huge.losses.push_back(5000 + 300 * wave);
    }
    const Figure two = losses_figure({calm, wild});
    EXPECT_EQ(two.panels[0].y.high, two.panels[1].y.high);
    EXPECT_EQ(two.panels[1].y_ticks, Ticks::marks);
    EXPECT_TRUE(two.panels[0].caption.starts_with("mean of the last 100: 1."));
    const Figure three = losses_figure({calm, wild, huge});
    EXPECT_LT(three.panels[0].y.high, 3);
    const Figure together = losses_figure({calm, wild}, true);
    EXPECT_EQ(together.panels.size(), 1U);
    EXPECT_EQ(together.panels[0].layers.size(), 4U);
    EXPECT_EQ(losses_figure({calm, wild, huge, calm}).rows, 2U);
}

TEST(LossFigures, TheLastMeanHasTheDigitsThatTheCurveNeeds) {
    LossCurve weighted{"imf", {}, {}};
    for (int i = 0; i < 400; ++i) {
        weighted.steps.push_back(i);
        weighted.losses.push_back(1.99987 + 1e-4 * (i < 200) + 2e-6 * (i % 2));
    }
    EXPECT_EQ(loss_figure(weighted).panels[0].caption, "mean of the last 100: 1.999871");
    for (double& loss : weighted.losses) loss = 2;
    EXPECT_EQ(loss_figure(weighted).panels[0].caption, "mean of the last 100: 2.000");
}

TEST(LossFigures, TheAxisNamesTheTargetAndDifferentTargetsAreNotCompared) {
    LossCurve a{"fm", {1, 2, 3}, {1, 2, 3}, "the stable target"}, b = a, c = a;
    for (double& loss : b.losses) loss += 1;
    c.against = "e − x";
    const Figure same = losses_figure({a, b});
    EXPECT_EQ(same.panels[0].y_label, "loss against the stable target");
    EXPECT_EQ(same.panels[0].y.high, same.panels[1].y.high);
    EXPECT_TRUE(same.note.empty());
    for (const bool together : {false, true}) {
        const Figure different = losses_figure({a, c}, together);
        ASSERT_EQ(different.panels.size(), 2U);
        EXPECT_EQ(different.panels[0].y_label, "loss against the stable target");
        EXPECT_EQ(different.panels[1].y_label, "loss against e − x");
        EXPECT_FALSE(different.note.empty());
    }
    EXPECT_EQ(loss_figure(c).panels[0].y_label, "loss against e − x");
}

TEST(LossFigures, EmptyShortAndBrokenCurvesAreDrawn) {
    for (const LossCurve& curve :
         {LossCurve{"none", {}, {}}, LossCurve{"one", {1}, {2}},
          LossCurve{"nan", {1, 2}, {kMissing, kMissing}}, LossCurve{"flat", {1, 2, 3}, {2, 2, 2}}}) {
        EXPECT_NO_THROW(script_of(loss_figure(curve), "x")) << curve.name;
        EXPECT_NO_THROW(script_of(losses_figure({curve, curve}), "x")) << curve.name;
        EXPECT_NO_THROW(script_of(losses_figure({curve, curve}, true), "x")) << curve.name;
    }
    EXPECT_THROW(losses_figure({}), mf::Error);
    EXPECT_THROW(loss_figure({"odd", {1, 2}, {1}}), mf::Error);
}

TEST(Sheet, LaysImagesOutRowByRow) {
    const std::vector<std::uint8_t> images{1, 2, 3, 4, 5, 6};  // three of 1 x 2, grey
    const Picture sheet = image_sheet(images, 3, 1, 2, 1, 2, 1, 9);
    EXPECT_EQ(sheet.width, 7U);
    EXPECT_EQ(sheet.height, 5U);
    const std::vector<std::uint8_t> expected{9, 9, 9, 9, 9, 9, 9,  //
                                             9, 1, 2, 9, 3, 4, 9,  //
                                             9, 9, 9, 9, 9, 9, 9,  //
                                             9, 5, 6, 9, 9, 9, 9,  //
                                             9, 9, 9, 9, 9, 9, 9};
    EXPECT_EQ(sheet.pixels, expected);
    EXPECT_EQ(image_sheet(std::vector<std::uint8_t>(16 * 4 * 4 * 3), 16, 4, 4, 3).width, 4 * 6U + 2);
    EXPECT_THROW(image_sheet(images, 2, 1, 2, 1), mf::Error);
    EXPECT_THROW(image_sheet(images, 3, 1, 1, 2), mf::Error);
    EXPECT_THROW(image_sheet({}, 0, 1, 1, 1), mf::Error);
}

}  // namespace
