// SPDX-License-Identifier: MIT
// What the program says when it is asked for something, or for something impossible.
#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"

namespace {

using mf::test::Outcome;
using mf::test::run_program;
using mf::test::Scratch;

const std::vector<std::vector<std::string>> kCommands = {
    {"demo"},         {"train"},         {"sample"}, {"eval"},          {"plot"},  {"data", "list"},
    {"data", "peek"}, {"data", "stats"}, {"info"},   {"bench", "step"}, {"verify"}};

/// Exit code 2, one line of error and one of hint, nothing else.
void expect_usage_error(const Outcome& outcome, const std::string& what, const std::string& hint) {
    EXPECT_EQ(outcome.code, 2) << outcome.err;
    EXPECT_TRUE(outcome.out.empty()) << outcome.out;
    EXPECT_TRUE(outcome.err.starts_with("meanflow: error: ")) << outcome.err;
    EXPECT_NE(outcome.err.find(what), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("hint: "), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find(hint), std::string::npos) << outcome.err;
    EXPECT_LE(std::ranges::count(outcome.err, '\n'), 2) << outcome.err;
}

TEST(Usage, AloneItPrintsOneScreenWithThreeExamples) {
    const Scratch scratch;
    const Outcome outcome = run_program(scratch, {});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_LE(std::ranges::count(outcome.out, '\n'), 24);
    for (const char* example : {"  meanflow demo", "  meanflow train", "  meanflow sample"})
        EXPECT_NE(outcome.out.find(example), std::string::npos) << example;
    EXPECT_EQ(run_program(scratch, {"--help"}).out, outcome.out);
    EXPECT_EQ(run_program(scratch, {"--version"}).out.find("meanflow "), 0U);
}

TEST(Usage, EveryCommandHasHelpWithAnExampleAndTheCommonOptions) {
    const Scratch scratch;
    for (std::vector<std::string> words : kCommands) {
        words.emplace_back("--help");
        const Outcome outcome = run_program(scratch, words);
        EXPECT_EQ(outcome.code, 0) << words[0];
        for (const char* part : {"usage: meanflow", "example:", "--seed", "--threads", "--quiet", "--help"})
            EXPECT_NE(outcome.out.find(part), std::string::npos) << words[0] << " " << part;
    }
}

TEST(Usage, UnknownCommandsAndOptionsNameTheNearest) {
    const Scratch scratch;
    expect_usage_error(run_program(scratch, {"trian"}), "no command 'trian'", "'train'");
    expect_usage_error(run_program(scratch, {"bench", "steps"}), "'bench'", "bench step");
    expect_usage_error(run_program(scratch, {"data"}), "'data' wants another word", "data peek");
    expect_usage_error(run_program(scratch, {"train", "--ot", "x"}), "no option --ot", "--out");
    expect_usage_error(run_program(scratch, {"sample"}), "something is missing", "RUN|MODEL");
    expect_usage_error(run_program(scratch, {"info", "a", "b"}), "'b' is one word too many", "meanflow info");
    expect_usage_error(run_program(scratch, {"sample", "x", "--steps", "two"}), "--steps: 'two' is not",
                       "steps");
    expect_usage_error(run_program(scratch, {"plot", "x", "--figure", "compar"}), "--figure", "compare");
}

TEST(Usage, KeysAreCheckedBeforeAnythingIsDone) {
    const Scratch scratch;
    expect_usage_error(run_program(scratch, {"train", "toy/imf", "optim.lrr=3"}), "unknown key 'optim.lrr'",
                       "optim.lr");
    expect_usage_error(run_program(scratch, {"train", "toy/imf", "train.batch=many"}), "train.batch: 'many'",
                       "samples a step");
    expect_usage_error(run_program(scratch, {"train", "toy/imf", "objective.name=inf"}),
                       "objective.name: 'inf'", "objective.name=imf");
    expect_usage_error(run_program(scratch, {"train", "toy/imf", "optim.weight_decay=1"}),
                       "belongs to optim.name=adamw", "leave");
    expect_usage_error(run_program(scratch, {"train", "toy/imf", "data.scale=nan"}), "data.scale: 'nan'",
                       "side");
    expect_usage_error(run_program(scratch, {"train", "--resume"}), "--resume wants --out", "");
    EXPECT_FALSE(std::filesystem::exists(scratch / "runs"));
}

TEST(Usage, AConfigurationFileIsNamedWithItsLine) {
    const Scratch scratch;
    std::ofstream(scratch / "bad.yaml") << "train:\n  steps: 10\n  bach: 5\n";
    expect_usage_error(run_program(scratch, {"train", "bad.yaml"}), "bad.yaml:3: unknown key 'train.bach'",
                       "train.batch");
    std::ofstream(scratch / "twice.yaml") << "train:\n  steps: 10\ntrain:\n  batch: 5\n";
    EXPECT_EQ(run_program(scratch, {"train", "twice.yaml"}).code, 2);
    std::ofstream(scratch / "broken.yaml") << "train: [\n";
    EXPECT_EQ(run_program(scratch, {"train", "broken.yaml"}).code, 2);
}

TEST(Usage, JsonIsTheOnlyThingOnStandardOutput) {
    const Scratch scratch;
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"data", "list", "--json"},
          {"info", "objectives", "--json"},
          {"verify", MF_TEST_DATA "/optim.safetensors", "--json"},
          {"data", "peek", "moons", "--out", "m.npz", "--json"},
          {"bench", "step", "toy/imf", "model.width=8", "train.batch=16", "--repeat", "3", "--warm-up", "1",
           "--json"}}) {
        const Outcome outcome = run_program(scratch, words);
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        EXPECT_TRUE(nlohmann::json::accept(outcome.out)) << outcome.out;
    }
}

TEST(Usage, AFullDiskBehindStandardOutputIsAnError) {
    const Scratch scratch;
    const Outcome outcome = run_program(scratch, {"info", "keys"}, {.out_device = "/dev/full"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.err.find("standard output cannot be written"), std::string::npos) << outcome.err;
}

}  // namespace
