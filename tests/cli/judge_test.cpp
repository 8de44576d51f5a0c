// SPDX-License-Identifier: MIT
// train-classifier, eval of images and evaluation during a training, on a tiny run of shapes.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "io/npz.hpp"

namespace {

using namespace mf;
using test::Outcome;
using test::run_program;
using test::Scratch;

nlohmann::json json_of(const Outcome& outcome) {
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out, nullptr, false);
}

const std::vector<std::string> kData = {"data.name=shapes", "data.size=8", "data.classes=0,1,2"};

std::vector<std::string> with_data(std::vector<std::string> words) {
    words.insert(words.end(), kData.begin(), kData.end());
    return words;
}

/// One judge and one run for all tests of a suite.
class WithAJudge : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        scratch = new Scratch;
        judged = run_program(*scratch,
                             with_data({"train-classifier", "train.steps=30", "train.batch=32",
                                        "classifier.hidden=16", "classifier.heads=2", "evaluate.every=20",
                                        "evaluate.count=100", "--out", "sub/judge.safetensors", "--json"}));
        trained = run_program(
            *scratch,
            with_data({"train", "toy/imf", "model.name=mit", "model.size=T", "model.hidden=16",
                       "model.depth=2", "model.heads=2", "model.head_depth=1", "train.batch=8",
                       "train.steps=4", "evaluate.every=2", "evaluate.images=20", "evaluate.steps=1,2",
                       "evaluate.judge=sub/judge.safetensors", "--out", "run"}));
    }
    static void TearDownTestSuite() { delete scratch; }
    static Scratch* scratch;
    static Outcome judged, trained;
};
Scratch* WithAJudge::scratch = nullptr;
Outcome WithAJudge::judged, WithAJudge::trained;

TEST_F(WithAJudge, TrainClassifierSaysHowGoodItIs) {
    const auto json = json_of(judged);
    EXPECT_EQ(json.at("steps"), 30);
    EXPECT_EQ(json.at("file"), "sub/judge.safetensors");
    EXPECT_GT(json.at("accuracy").get<double>(), 0.2);
    const auto info = json_of(run_program(*scratch, {"info", "sub/judge.safetensors", "--json"}));
    EXPECT_EQ(info.at("metadata").at("format"), "meanflow judge 1");
    EXPECT_EQ(info.at("metadata").at("data"), "shapes");
}

TEST_F(WithAJudge, TrainingKeepsTheNumbers) {
    ASSERT_EQ(trained.code, 0) << trained.err;
    const std::string metrics = test::text_of(*scratch / "run" / "metrics.jsonl");
    for (const char* name :
         {"accuracy@1", "fid@2", "kid@1", "precision@1", "recall@2", "swd_pixels@1", "swd_random@2"})
        EXPECT_NE(metrics.find(name), std::string::npos) << name;
    EXPECT_NE(trained.out.find("accuracy@1"), std::string::npos);
}

TEST_F(WithAJudge, EvalJudgesARun) {
    const auto json =
        json_of(run_program(*scratch, {"eval", "run", "--judge", "sub/judge.safetensors", "--count", "40",
                                       "--steps", "1,3", "--omega", "2", "--json"}));
    ASSERT_EQ(json.at("results").size(), 2U);
    ASSERT_EQ(json.at("floors").size(), 1U);
    for (const auto& row : {json.at("results")[0], json.at("results")[1], json.at("floors")[0]})
        for (const char* name :
             {"accuracy", "fid", "kid", "precision", "recall", "class_score", "swd_pixels", "swd_random"})
            EXPECT_TRUE(row.at(name).is_number()) << name;
    EXPECT_EQ(json.at("results")[1].at("steps"), 3);
    EXPECT_EQ(json.at("results")[0].at("n"), 40);
    // An untrained network is far from the data, and the data are not.
    EXPECT_LT(json.at("floors")[0].at("fid").get<double>(), json.at("results")[0].at("fid").get<double>());
    EXPECT_LT(json.at("floors")[0].at("swd_pixels").get<double>(),
              json.at("results")[0].at("swd_pixels").get<double>());
    // Without labels there is no accuracy; without a judge, only distances.
    const auto free = json_of(run_program(*scratch, {"eval", "run", "--judge", "sub/judge.safetensors",
                                                     "--count", "20", "--labels", "none", "--json"}));
    EXPECT_FALSE(free.at("results")[0].contains("accuracy"));
    const Outcome table = run_program(*scratch, {"eval", "run", "--count", "20"});
    EXPECT_EQ(table.code, 0) << table.err;
    EXPECT_NE(table.out.find("floor: shapes itself"), std::string::npos);
}

TEST_F(WithAJudge, EvalReadsFilesOfImagesAndOfFeatures) {
    ASSERT_EQ(run_program(*scratch, {"sample", "run", "--count", "40", "--out", "x.npz"}).code, 0);
    const auto run = json_of(run_program(*scratch, {"eval", "run", "--count", "40", "--json"}));
    const auto file = json_of(run_program(*scratch, with_data({"eval", "x.npz", "--json"})));
    EXPECT_EQ(file.at("results")[0].at("swd_pixels"), run.at("results")[0].at("swd_pixels"));

    Tensor features({30, 4}, DType::f32), logits({30, 2}, DType::f32);
    for (std::int64_t i = 0; i < 120; ++i) features.f32()[i] = static_cast<float>(i * i % 17);
    logits.fill(0);
    write_npz(*scratch / "f.npz", {{"features", features}, {"logits", logits}});
    const auto same = json_of(run_program(*scratch, {"eval", "--features", "f.npz", "f.npz", "--json"}));
    EXPECT_NEAR(same.at("fid").get<double>(), 0, 1e-6);
    EXPECT_EQ(same.at("precision"), 1.0);
    EXPECT_NEAR(same.at("class_score").get<double>(), 1, 1e-6);
}

TEST_F(WithAJudge, WhatDoesNotFitIsOneLine) {
    const auto expect_line = [&](const std::vector<std::string>& words, int code, const std::string& part) {
        const Outcome outcome = run_program(*scratch, words);
        EXPECT_EQ(outcome.code, code) << outcome.err;
        EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
    };
    expect_line({"eval", "run", "--judge", "none.safetensors"}, 1, "none.safetensors");
    expect_line({"eval", "run", "--judge", "run/checkpoints/step_4.safetensors"}, 1, "is no judge");
    expect_line({"eval", "x.npz", "y.npz", "--features"}, 1, "");
    expect_line({"eval", "--features", "x.npz"}, 2, "two files");
    expect_line({"eval", "run", "data.name=moons"}, 2, "data.path");
    expect_line({"train-classifier", "data.name=moons"}, 2, "for images");
    expect_line({"train-classifier", "classifier.width=3"}, 2, "classifier.width");
    expect_line({"train-classifier", "--out", "judge.txt"}, 2, ".safetensors");
    expect_line({"train", "toy/imf", "model.name=mit", "data.name=shapes", "evaluate.every=1", "--out",
                 "other", "evaluate.judge=sub/judge.safetensors"},
                2, "judges images of shape (8, 8, 3)");
    EXPECT_EQ(run_program(*scratch, {"sample", "run", "--count", "4", "--out", "four.npz"}).code, 0);
    expect_line({"eval", "four.npz", "--judge", "sub/judge.safetensors", "data.name=shapes"}, 2,
                "has samples of shape");
    expect_line({"eval", "four.npz", "--judge", "sub/judge.safetensors", "data.name=shapes", "data.size=8"},
                2, "classes");
}

}  // namespace
