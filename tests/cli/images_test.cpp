// SPDX-License-Identifier: MIT
// From pictures to pictures: a tiny run on `shapes`, and what the commands make of it.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "io/npz.hpp"
#include "io/png.hpp"
#include "io/safetensors.hpp"

namespace {

using namespace mf;
using test::Outcome;
using test::run_program;
using test::Scratch;

std::vector<std::string> picture_training(const std::string& out, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"train",
                                      "shapes/imf",
                                      "data.size=8",
                                      "data.classes=disc,square,star",
                                      "model.hidden=32",
                                      "model.depth=2",
                                      "model.heads=2",
                                      "train.batch=12",
                                      "schedule.warmup=0",
                                      "ema.decays=0.5",
                                      "train.steps=8",
                                      "sample.every=4",
                                      "save.every=4",
                                      "--quiet",
                                      "--threads",
                                      "2",
                                      "--out",
                                      out};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

class OnImages : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        scratch = new Scratch;
        const Outcome outcome = run_program(*scratch, picture_training("run", {"save.keep=0"}));
        ASSERT_EQ(outcome.code, 0) << outcome.err;
    }
    static void TearDownTestSuite() { delete scratch; }
    static Outcome sample(std::vector<std::string> words) {
        words.insert(words.begin(), {"sample", "run"});
        return run_program(*scratch, words);
    }
    static std::vector<float> samples(std::vector<std::string> words) {
        words.insert(words.end(), {"--out", "x.npz"});
        const Outcome outcome = sample(words);
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        const auto arrays = read_npz(*scratch / "x.npz");
        const auto numbers = arrays.at("samples").floats();
        return {numbers.begin(), numbers.end()};
    }
    static Scratch* scratch;
};
Scratch* OnImages::scratch = nullptr;

TEST_F(OnImages, TrainingLeavesSheetsFromTheSameNoise) {
    EXPECT_TRUE(std::filesystem::exists(*scratch / "run/samples/step_0000004.png"));
    EXPECT_TRUE(std::filesystem::exists(*scratch / "run/samples/step_0000008.png"));
}

TEST_F(OnImages, ResumingIsBitExact) {
    ASSERT_EQ(
        run_program(*scratch, picture_training("half", {"train.steps=4", "schedule.name=constant"})).code, 0);
    ASSERT_EQ(run_program(*scratch, picture_training("half", {"schedule.name=constant", "--resume"})).code,
              0);
    ASSERT_EQ(run_program(*scratch, picture_training("whole", {"schedule.name=constant"})).code, 0);
    const TensorFile half = read_safetensors(*scratch / "half/checkpoints/step_8.safetensors"),
                     whole = read_safetensors(*scratch / "whole/checkpoints/step_8.safetensors");
    ASSERT_EQ(half.tensors.size(), whole.tensors.size());
    for (const auto& [name, tensor] : whole.tensors)
        EXPECT_TRUE(std::ranges::equal(tensor.floats(), half.tensors.at(name).floats())) << name;
}

TEST_F(OnImages, SamplesDoNotDependOnTheBatch) {
    const std::vector<float> many = samples({"--count", "30", "--seed", "5"}),
                             few = samples({"--count", "3", "--seed", "5", "--threads", "1"});
    ASSERT_EQ(few.size(), 3U * 8 * 8 * 3);
    EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
}

TEST_F(OnImages, LabelsStrengthAndIntervalMatter) {
    const std::vector<std::string> base = {"--count", "6", "--labels", "star"};
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.begin(), base.begin(), base.end());
        return samples(more);
    };
    const std::vector<float> plain = with({});
    EXPECT_EQ(plain, samples({"--count", "6", "--labels", "2"}));
    EXPECT_NE(plain, samples({"--count", "6", "--labels", "disc"}));
    EXPECT_NE(plain, with({"--omega", "6"}));
    EXPECT_NE(plain, with({"--interval", "0.3,0.7"}));
    EXPECT_NE(with({"--steps", "2"}), plain);
}

TEST_F(OnImages, SheetsAndFoldersAreWritten) {
    const Outcome outcome = sample(
        {"--count", "6", "--columns", "3", "--zoom", "2", "--out", "sheet.png", "--omega", "3", "--json"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(nlohmann::json::parse(outcome.out)["outputs"][0]["count"], 6);
    EXPECT_GT(read_png(*scratch / "sheet.png").width, 3 * 16);
    EXPECT_NE(test::text_of(*scratch / "sheet.png").find("--omega 3"), std::string::npos);
    ASSERT_EQ(sample({"--count", "4", "--out", "folder"}).code, 0);
    EXPECT_EQ(read_png(*scratch / "folder/000002_star.png").width, 8);
}

TEST_F(OnImages, WeightsAloneSampleTheSame) {
    ASSERT_EQ(run_program(*scratch, {"convert", "run", "w.safetensors"}).code, 0);
    ASSERT_EQ(run_program(*scratch, {"sample", "w.safetensors", "--count", "5", "--omega", "2", "--labels",
                                     "star", "--out", "w.npz"})
                  .code,
              0);
    const std::vector<float> run = samples({"--count", "5", "--omega", "2", "--labels", "star"});
    EXPECT_TRUE(std::ranges::equal(read_npz(*scratch / "w.npz").at("samples").floats(), run));
    const Outcome eval = run_program(*scratch, {"eval", "w.safetensors", "--count", "20", "--json"});
    ASSERT_EQ(eval.code, 0) << eval.err;
    EXPECT_EQ(nlohmann::json::parse(eval.out)["results"][0]["trained_steps"], 8);
    const Outcome bench = run_program(
        *scratch, {"bench", "sample", "w.safetensors", "--batch", "2", "--seconds", "0.05", "--json"});
    EXPECT_EQ(bench.code, 0) << bench.err;
    EXPECT_GT(nlohmann::json::parse(bench.out)["rows"][0]["ms"]["median"], 0.0);
}

TEST_F(OnImages, ATrainingThatCannotStartLeavesNoFolder) {
    EXPECT_EQ(run_program(*scratch, {"train", "cifar10/imf", "data.path=nowhere", "--out", "no_data"}).code,
              1);
    EXPECT_FALSE(std::filesystem::exists(*scratch / "no_data"));
    const Outcome outcome = run_program(
        *scratch, picture_training("no_judge", {"evaluate.every=4", "evaluate.judge=nobody.safetensors"}));
    EXPECT_EQ(outcome.code, 1) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(*scratch / "no_judge"));
}

TEST_F(OnImages, BadRequestsGetOneLine) {
    const auto refused = [&](std::vector<std::string> words, const std::string& part) {
        const Outcome outcome = sample(std::move(words));
        EXPECT_EQ(outcome.code, 2) << outcome.err;
        EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
    };
    refused({"--labels", "cat"}, "'cat' is no class");
    refused({"--labels", "3"}, "it has 0 to 2");
    refused({"--omega", "0"}, "--omega");
    refused({"--interval", "0.7,0.3"}, "--interval");
    refused({"--omega", "1,2", "--count", "3"}, "2 numbers for 3 samples");
    refused({"--out", "x.svg"}, "samples of shape");
    EXPECT_EQ(run_program(*scratch, {"convert", "run", "w.bin"}).code, 2);
    EXPECT_EQ(run_program(*scratch, {"sample", "nothing.safetensors"}).code, 1);
}

}  // namespace
