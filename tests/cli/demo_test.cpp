// SPDX-License-Identifier: MIT
// meanflow demo, points and images, with networks that learn nothing in a second.
#include <map>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "io/yaml.hpp"
#include "plot/figure.hpp"
#include "support/image_bytes.hpp"

namespace {

using namespace mf;
using test::Outcome;
using test::run_program;
using test::Scratch;
using test::text_of;

nlohmann::json report_of(const Outcome& outcome) {
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out, nullptr, false);
}

std::map<std::string, std::string> config_of(const std::filesystem::path& run) {
    std::map<std::string, std::string> out;
    for (const auto& line : read_yaml(run / "config.yaml")) out[line.key] = line.value;
    return out;
}

TEST(DemoPoints, ComparesThreeMethodsOfOneRecipeAndLeavesPictures) {
    const Scratch scratch;
    const std::vector<std::string> words = {
        "demo",           "--quick",       "--out",         "demo",      "--json", "train.steps=12",
        "train.batch=32", "model.width=8", "model.depth=1", "--threads", "1",      "save.every=4"};
    const auto json = report_of(run_program(scratch, words));
    EXPECT_EQ(json.at("results").size(), 15U);
    EXPECT_NE(text_of(scratch / "demo" / "index.md").find("by the same recipe"), std::string::npos);
    if (plot::can_draw()) {
        EXPECT_TRUE(std::filesystem::exists(scratch / "demo" / "compare.png"));
        // Losses of one target, which the axis names.
        const std::string script = text_of(scratch / "demo" / "losses.gp");
        EXPECT_NE(script.find("loss against the stable target"), std::string::npos) << script;
        EXPECT_EQ(script.find("do not compare"), std::string::npos) << script;
    }
    auto imf = config_of(scratch / "demo" / "imf");
    for (const std::string name : {"fm", "mf"}) {
        auto other = config_of(scratch / "demo" / name);
        EXPECT_EQ(other.at("objective.name"), name);
        for (auto& [key, value] : other)
            if (key != "objective.name" && key != "objective.tangent" && imf.contains(key) &&
                (name == "mf" || !key.starts_with("times."))) {  // flow matching draws no r
                EXPECT_EQ(value, imf.at(key)) << name << ": " << key;
            }
    }
    // A second time nothing is trained.
    const Outcome again = run_program(scratch, words);
    EXPECT_NE(again.err.find("imf  is trained already"), std::string::npos) << again.err;
    EXPECT_EQ(report_of(again), json);
}

TEST(DemoPoints, LossesAgainstDifferentThingsAreNotPutBesideEachOther) {
    if (!plot::can_draw()) return;
    const Scratch scratch;
    ASSERT_EQ(run_program(scratch, test::small_training("a")).code, 0);
    ASSERT_EQ(
        run_program(scratch, test::small_training("b", {"objective.target=stable", "objective.references=8"}))
            .code,
        0);
    ASSERT_EQ(run_program(scratch, {"plot", "a", "b", "--figure", "losses", "--out", "f"}).code, 0);
    const std::string script = text_of(scratch / "f" / "losses.gp");
    EXPECT_NE(script.find("loss against e − x"), std::string::npos) << script;
    EXPECT_NE(script.find("loss against the stable target"), std::string::npos) << script;
    EXPECT_NE(script.find("their heights do not compare"), std::string::npos) << script;
}

/// A folder as Fashion-MNIST comes: 40 pictures of 8 x 8, ten classes.
void put_clothes(const Scratch& scratch) {
    std::filesystem::create_directories(scratch / "clothes");
    std::string labels;
    for (int i = 0; i < 40; ++i) labels += static_cast<char>(i % 10);
    for (const std::string start : {"train", "t10k"}) {
        std::ofstream(scratch / "clothes" / (start + "-images-idx3-ubyte"), std::ios::binary)
            << test::idx_bytes({40, 8, 8});
        std::ofstream(scratch / "clothes" / (start + "-labels-idx1-ubyte"), std::ios::binary)
            << test::idx_bytes({40}, labels);
    }
}

std::vector<std::string> image_words(const std::string& kind, std::vector<std::string> more) {
    std::vector<std::string> words = {"demo",
                                      kind,
                                      "--quick",
                                      "--out",
                                      "demo",
                                      "--json",
                                      "--threads",
                                      "1",
                                      "model.hidden=32",
                                      "model.depth=2",
                                      "model.heads=2",
                                      "model.head_depth=1",
                                      "train.steps=4",
                                      "train.batch=10",
                                      "sample.every=2",
                                      "schedule.cooldown=0",
                                      "judge.train.steps=3",
                                      "judge.train.batch=10",
                                      "judge.classifier.hidden=16",
                                      "judge.classifier.heads=2"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

TEST(DemoImages, TrainsShowsJudgesAndGoesOn) {
    const Scratch scratch;
    put_clothes(scratch);
    const auto words = image_words("images", {"data.path=clothes", "model.patch=4"});
    const Outcome first = run_program(scratch, words);
    const auto json = report_of(first);
    ASSERT_EQ(json.at("results").size(), 3U) << first.out;
    EXPECT_EQ(json.at("results")[0].at("method"), "imf");
    EXPECT_TRUE(json.at("results")[0].at("fid").is_number());
    EXPECT_TRUE(json.at("floor").at("fid").is_number());
    EXPECT_TRUE(json.at("judge").at("accuracy").is_number());
    EXPECT_TRUE(std::filesystem::exists(scratch / "demo/imf/samples/step_0000002.png"));
    EXPECT_NE(first.err.find("after 2 steps the first pictures are in"), std::string::npos) << first.err;
    const std::string page = text_of(scratch / "demo/index.md");
    EXPECT_NE(page.find("real pictures"), std::string::npos) << page;
    if (plot::can_draw()) {
        for (const std::string name : {"sheet", "guidance", "steps", "evolution", "losses"}) {
            EXPECT_TRUE(std::filesystem::exists(scratch / "demo" / (name + ".png"))) << name;
            EXPECT_NE(page.find("(" + name + ".png)"), std::string::npos) << name;
        }
    }
    EXPECT_EQ(config_of(scratch / "demo/imf").at("data.names").find("T-shirt/top"), 0U);
    const Outcome again = run_program(scratch, words);
    EXPECT_NE(again.err.find("imf  is trained already"), std::string::npos) << again.err;
    EXPECT_NE(again.err.find("judge is trained already"), std::string::npos) << again.err;
    EXPECT_EQ(report_of(again), json);
}

TEST(DemoImages, CompareTrainsTheOthersToo) {
    const Scratch scratch;
    put_clothes(scratch);
    const auto json = report_of(
        run_program(scratch, image_words("images", {"data.path=clothes", "model.patch=4", "--compare"})));
    ASSERT_EQ(json.at("results").size(), 8U);
    EXPECT_EQ(json.at("results")[7].at("method"), "fm");
    EXPECT_EQ(json.at("results")[7].at("steps"), 50);
}

TEST(DemoImages, WithoutTheDataItSaysWhereElseToGo) {
    const Scratch scratch;
    const Outcome outcome = run_program(scratch, image_words("images", {"data.path=nowhere"}));
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.err.find("Fashion-MNIST is not in nowhere"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("dataset-fashion-mnist"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("meanflow demo shapes"), std::string::npos) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(scratch / "demo"));
}

TEST(DemoImages, ShapesNeedNoData) {
    const Scratch scratch;
    const auto json =
        report_of(run_program(scratch, image_words("shapes", {"data.size=8", "data.classes=disc,star"})));
    EXPECT_EQ(json.at("results").size(), 3U);
}

TEST(Demo, OtherWordsAreRefused) {
    const Scratch scratch;
    EXPECT_EQ(run_program(scratch, {"demo", "pictures"}).code, 2);
    const Outcome outcome = run_program(scratch, {"demo", "--compare"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_NE(outcome.err.find("--compare is for images"), std::string::npos) << outcome.err;
}

}  // namespace
