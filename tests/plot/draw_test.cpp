// SPDX-License-Identifier: MIT
#include <cmath>
#include <filesystem>
#include <limits>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "core/error.hpp"
#include "plot/child.hpp"
#include "plot/figure.hpp"
#include "plot/loss_figures.hpp"
#include "plot/plot_support.hpp"
#include "plot/script.hpp"

namespace {

using namespace mf::plot;
namespace fs = std::filesystem;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Every kind of layer, awkward numbers and awkward texts.
Figure everything() {
    Figure figure{.title = "it's \"q\" {_^ `false` $1 @x %d & <b> \\ ω", .rows = 2, .columns = 3};
    figure.row_headings = {"a", "b"};
    figure.panels.push_back(
        Panel{.title = "empty", .message = "no points", .layers = {Points{}, Tiles{}, Bars{}}});
    figure.panels.push_back(
        Panel{.title = "one", .equal_aspect = true, .layers = {Points{.xy = {1, 2, kNan, 0}}}});
    Heat heat{.values = {1, kNan, 3}, .rows = 1, .columns = 3, .bar = true};
    figure.panels.push_back(Panel{.title = "heat", .layers = {heat}});
    Line band{
        .x = {0, 1, 2}, .y = {1, std::nan(""), 2}, .label = "band's", .low = {0.5, 1, 1}, .high = {2, 2, 3}};
    figure.panels.push_back(Panel{.title = "band", .grid = true, .log_y = true, .layers = {band}});
    figure.panels.push_back(
        Panel{.x_names = {{0, "50%"}, {1, "it's"}},
              .layers = {Tiles{.cells = {{0, 1, 0, 1}}}, Bars{.x = {0, 1}, .y = {2, 3}, .label = "bars"}}});
    Heat constant{.values = {kNan, kNan, kNan, kNan}, .rows = 4, .columns = 1};
    figure.panels.push_back(Panel{.layers = {constant}});
    return figure;
}

// A program of the given text called gnuplot, alone on the search path.
class FakeGnuplot {
  public:
    explicit FakeGnuplot(const std::string& text) : environment_("PATH", folder_.path().string()) {
        const fs::path path = folder_ / "gnuplot";
        std::ofstream(path) << "#!/bin/sh\n" << text;
        fs::permissions(path, fs::perms::owner_all);
    }

  private:
    TestFolder folder_;
    Environment environment_;
};

std::string error_of(const Figure& figure, const fs::path& stem, std::string* hint = nullptr) {
    try {
        draw(figure, stem);
    } catch (const mf::Error& error) {
        if (hint != nullptr) *hint = error.hint();
        return error.what();
    }
    return "";
}

TEST(Draw, LeavesPicturesScriptAndDataAndNothingElse) {
    if (!can_draw()) GTEST_SKIP() << "gnuplot is not installed";
    const TestFolder folder;
    const Script script = script_of(everything(), "all");
    const auto pictures = draw(everything(), folder / "new/sub/all");
    ASSERT_EQ(pictures.size(), 2U);
    EXPECT_EQ(pictures[0], folder / "new/sub/all.png");
    EXPECT_EQ(png_size(pictures[0]), (Size{static_cast<std::uint32_t>(script.width * kPngScale),
                                           static_cast<std::uint32_t>(script.height * kPngScale)}));
    const std::string svg = contents(pictures[1]);
    EXPECT_TRUE(has(svg, fmt::format("width=\"{}\" height=\"{}\"", script.width, script.height)));
    EXPECT_TRUE(has(svg, "it's \"q\" {_^ `false` $1 @x %d &amp; &lt;b> \\ ω"));
    EXPECT_TRUE(has(svg, "1 not finite"));
    EXPECT_TRUE(has(svg, ">50%<"));
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder / "new/sub"))
        names.push_back(entry.path().filename().string());
    EXPECT_EQ(names.size(), 4U);
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
}

TEST(Draw, AnyFileNameIsOnlyAName) {
    if (!can_draw()) GTEST_SKIP() << "gnuplot is not installed";
    const TestFolder folder;
    Figure figure;
    figure.panels.push_back(Panel{.layers = {Points{.xy = {0, 0, 1, 1}}}});
    for (const std::string name :
         {"|touch x", "`touch x`", "it's", "-e", "~", "a.b", "$HOME", "ω \"2\"", "@x", "{"}) {
        draw(figure, folder / name, {Format::png});
        EXPECT_NE(png_size(folder / (name + ".png")), Size{}) << name;
    }
    EXPECT_FALSE(fs::exists(folder / "x"));
    EXPECT_THROW(draw(figure, folder / "two\nlines"), mf::UsageError);
    EXPECT_THROW(draw(figure, folder / ""), mf::UsageError);
}

TEST(Draw, ExtremeNumbersAreDrawn) {
    if (!can_draw()) GTEST_SKIP() << "gnuplot is not installed";
    const TestFolder folder;
    Figure figure{.rows = 2, .columns = 3};
    for (const std::vector<float>& xy : {std::vector<float>{1e6F, 1e6F, 1e6F, 1000000.06F},
                                         {1e30F, -1e30F, 0, 0},
                                         {1e-30F, 0, -1e-30F, 1e-35F},
                                         {3e38F, -3e38F, 1, 1},
                                         {0, 0, 0, 0}})
        figure.panels.push_back(Panel{.layers = {Points{.xy = xy}}});
    figure.panels.push_back(Panel{.log_y = true, .layers = {Line{.x = {0, 1, 2}, .y = {1e-300, 1e300, 1}}}});
    EXPECT_EQ(error_of(figure, folder / "extreme"), "");
    for (const LossCurve& curve :
         {LossCurve{"diverged", {0, 1, 2, 3}, {2, 1e30, 1e300, INFINITY}},
          LossCurve{"constant", {5, 5, 5}, {2, 2, 2}}, LossCurve{"nearly", {1, 2, 3}, {2, 2 + 1e-15, 2}}})
        EXPECT_EQ(error_of(loss_figure(curve), folder / curve.name), "");
}

TEST(Draw, TheScriptWorksByHand) {
    const auto gnuplot = find_program("gnuplot");
    if (!gnuplot) GTEST_SKIP() << "gnuplot is not installed";
    const TestFolder folder;
    draw(everything(), folder / "all", {Format::svg});
    fs::remove(folder / "all.svg");
    EXPECT_EQ(run_child(*gnuplot, {"all.gp"}, folder.path()).code, 0);
    EXPECT_NE(png_size(folder / "all.png"), Size{});
    EXPECT_EQ(run_child(*gnuplot, {"-e", "format='svg'", "all.gp"}, folder.path()).code, 0);
    EXPECT_TRUE(has(contents(folder / "all.svg"), "</svg>"));
}

TEST(Draw, SaysWhatToInstallWhenThereIsNoGnuplot) {
    const TestFolder folder;
    const Environment nothing("PATH", "");
    std::string hint;
    EXPECT_TRUE(has(error_of(everything(), folder / "all", &hint), "gnuplot is not installed"));
    EXPECT_EQ(hint, "apt-get install gnuplot-nox");
    EXPECT_FALSE(can_draw());
    EXPECT_EQ(folder.names(), (std::vector<std::string>{"all.gp", "all.tsv"}));
}

TEST(Draw, GivesTheLastLineOfAFailingGnuplotAndKeepsTheOldPicture) {
    const TestFolder folder;
    std::ofstream(folder / "all.png") << "old";
    const FakeGnuplot fake("echo first >&2; echo 'line 7: it broke' >&2; echo >&2; exit 3\n");
    const std::string error = error_of(everything(), folder / "all");
    EXPECT_TRUE(has(error, "exit code 3")) << error;
    EXPECT_TRUE(has(error, "line 7: it broke")) << error;
    EXPECT_FALSE(has(error, "first")) << error;
    EXPECT_EQ(contents(folder / "all.png"), "old");
    EXPECT_EQ(folder.names(), (std::vector<std::string>{"all.gp", "all.png", "all.tsv"}));
}

TEST(Draw, HalfAPictureIsNoPicture) {
    for (const std::string& text :
         std::vector<std::string>{"t=${3#*target=\\'}; printf 'PNG half' > \"${t%\\'}\"\n", "exit 0\n"}) {
        const TestFolder folder;
        const FakeGnuplot fake(text);
        EXPECT_TRUE(has(error_of(everything(), folder / "all"), "no whole picture"));
        EXPECT_EQ(folder.names(), (std::vector<std::string>{"all.gp", "all.tsv"}));
    }
}

TEST(Draw, AKilledGnuplotIsAnError) {
    const TestFolder folder;
    const FakeGnuplot fake("kill -9 $$\n");
    EXPECT_TRUE(has(error_of(everything(), folder / "all"), "exit code 137"));
}

TEST(Draw, AnUnwritableFolderIsAnError) {
    const TestFolder folder;
    std::ofstream(folder / "file") << "";
    EXPECT_TRUE(has(error_of(everything(), folder / "file/all"), "cannot be made"));
}

TEST(Child, PassesArgumentsAsTheyAre) {
    const TestFolder folder;
    const auto shell = find_program("sh");
    ASSERT_TRUE(shell.has_value());
    const ChildResult result = run_child(
        *shell, {"-c", "pwd >&2; printf '%s' \"$1\" >&2; cat; exit 4", "x", "a b;'$(false)"}, folder.path());
    EXPECT_EQ(result.code, 4);
    EXPECT_EQ(result.errors, fs::canonical(folder.path()).string() + "\na b;'$(false)");
    EXPECT_THROW(run_child(*shell, {}, folder / "missing"), mf::Error);
}

TEST(Child, ATalkativeOneIsNotBlocked) {
    const TestFolder folder;
    const ChildResult result = run_child(
        *find_program("sh"),
        {"-c", "i=0; while [ $i -lt 3000 ]; do printf '%0100d' $i >&2; i=$((i+1)); done"}, folder.path());
    EXPECT_EQ(result.code, 0);
    EXPECT_GE(result.errors.size(), 65536U);
}

}  // namespace
