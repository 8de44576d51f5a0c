// SPDX-License-Identifier: MIT
// meanflow plot on runs that draw images.
#include "figures/image_figures.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "io/png.hpp"
#include "plot/figure.hpp"

namespace {

using namespace mf;
using test::Outcome;
using test::run_program;
using test::Scratch;

std::vector<std::string> image_training(const std::string& out, std::vector<std::string> more) {
    std::vector<std::string> words = {"train",           "data.name=shapes",
                                      "data.size=8",     "data.classes=disc,square,star",
                                      "model.size=T",    "model.patch=4",
                                      "model.hidden=16", "train.batch=4",
                                      "train.steps=4",   "save.every=2",
                                      "sample.every=1",  "sample.count=6",
                                      "ema.decays=0.9",  "--quiet",
                                      "--threads",       "1",
                                      "--out",           out};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

/// An imf run with guidance among its inputs and an fm run, for all tests of the suite.
class ImageFigures : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        scratch = new Scratch;
        const Outcome imf =
            run_program(*scratch, image_training("imf", {"model.name=mit", "objective.guidance=flexible"}));
        ASSERT_EQ(imf.code, 0) << imf.err;
        const Outcome fm = run_program(
            *scratch, image_training("fm", {"model.name=dit", "objective.name=fm", "sample.every=0"}));
        ASSERT_EQ(fm.code, 0) << fm.err;
    }
    static void TearDownTestSuite() { delete scratch; }
    void SetUp() override {
        if (!plot::can_draw()) GTEST_SKIP() << "gnuplot is not installed";
    }
    static Scratch* scratch;
};
Scratch* ImageFigures::scratch = nullptr;

TEST_F(ImageFigures, AllOfARun) {
    const Outcome outcome =
        run_program(*scratch, {"plot", "imf", "--steps", "1", "--format", "png", "--json"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const auto files = nlohmann::json::parse(outcome.out).at("files");
    for (const char* name : {"guidance", "steps", "evolution", "interpolate"}) {
        const std::string file = std::string("imf/figures/") + name + ".png";
        EXPECT_NE(std::find(files.begin(), files.end(), file), files.end()) << file;
        const PictureText text = read_png_text(*scratch / file);
        EXPECT_EQ(text.at("meanflow.figure"), name);
        EXPECT_NE(text.at("meanflow.settings").find("\"model.name\""), std::string::npos);
        EXPECT_NE(text.at("Description").find("plot imf"), std::string::npos);
    }
    EXPECT_TRUE(std::filesystem::exists(*scratch / "imf/figures/loss.png"));
}

TEST_F(ImageFigures, SeveralRunsStandSideBySide) {
    const auto width_of = [&](const std::vector<std::string>& runs) {
        std::vector<std::string> words = {"plot"};
        words.insert(words.end(), runs.begin(), runs.end());
        for (const char* word :
             {"--figure", "steps", "--steps", "1,2,3,4,5,6,7,8", "--zoom", "4", "--out", "f"})
            words.emplace_back(word);
        const Outcome outcome = run_program(*scratch, words);
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        return read_png(*scratch / "f/steps.png").width;
    };
    EXPECT_GE(width_of({"imf", "fm"}), width_of({"fm"}) + 8 * 32);
}

TEST_F(ImageFigures, EvolutionIsOfSheetsOrOfCheckpoints) {
    ASSERT_EQ(run_program(*scratch, {"plot", "imf", "--figure", "evolution", "--out", "sheets"}).code, 0);
    EXPECT_NE(read_png_text(*scratch / "sheets/evolution.png").at("meanflow.note").find("sheets"),
              std::string::npos);
    ASSERT_EQ(
        run_program(*scratch, {"plot", "imf", "--figure", "evolution", "--omega", "2", "--out", "c"}).code,
        0);
    EXPECT_EQ(read_png_text(*scratch / "c/evolution.png").at("meanflow.note").find("sheets"),
              std::string::npos);
}

TEST_F(ImageFigures, ASheetShowsRealPicturesBesideSamples) {
    Team team(1);
    ImageFigureRequest request;
    request.runs.rows.push_back({"imf", *scratch / "imf"});
    request.pictures = 4;
    const plot::PictureGrid grid = make_image_figure("sheet", request, team).grid;
    EXPECT_EQ(grid.rows, (std::vector<std::string>{"disc", "square", "star"}));
    ASSERT_EQ(grid.groups.size(), 2U);
    EXPECT_EQ(grid.groups[1].heading, "real pictures");
    EXPECT_EQ(grid.cells.size(), 3U * (4 + 2));
    // Of the classes asked for there is nothing to show beside them.
    request.labels = "star";
    EXPECT_EQ(make_image_figure("sheet", request, team).grid.groups.size(), 1U);
}

TEST_F(ImageFigures, RefusesInOneLine) {
    const auto refused = [&](std::vector<std::string> words, const std::string& part) {
        words.insert(words.begin(), {"plot", "imf"});
        const Outcome outcome = run_program(*scratch, words);
        EXPECT_EQ(outcome.code, 2) << outcome.err;
        EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
    };
    refused({"--figure", "compare"}, "points in the plane");
    refused({"--figure", "steps", "--omega", "1,2"}, "only figure guidance");
    refused({"--figure", "guidance", "--interval", "0,1,0.5"}, "pairs of times");
    refused({"--figure", "guidance", "--format", "svg"}, "PNG");
    refused({"--figure", "steps", "--labels", "cat"}, "'cat' is no class");
    refused({"--figure", "interpolate", "--count", "1"}, "both ends");
}

TEST_F(ImageFigures, FiguresOfPointsStayWhatTheyWere) {
    ASSERT_EQ(run_program(*scratch, test::small_training("points")).code, 0);
    EXPECT_EQ(run_program(*scratch, {"plot", "points", "--figure", "evolution", "--count", "50"}).code, 0);
    EXPECT_TRUE(std::filesystem::exists(*scratch / "points/figures/evolution.svg"));
    const Outcome outcome = run_program(*scratch, {"plot", "points", "--figure", "guidance"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_NE(outcome.err.find("this one draws points"), std::string::npos) << outcome.err;
}

}  // namespace
