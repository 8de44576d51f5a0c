// SPDX-License-Identifier: MIT
// Runs that diverge: what was saved is good, and the advice that the program gives can be followed.
#include <cmath>
#include <limits>
#include <sstream>

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "io/jsonl.hpp"
#include "train/run_folder.hpp"

namespace {

using namespace mf;
using test::Outcome;
using test::run_program;
using test::Scratch;
namespace fs = std::filesystem;

/// The words of the command that a message names: 'meanflow train --resume --out run optim.lr=1000'.
std::vector<std::string> advice_in(const std::string& message) {
    const std::size_t from = message.find("'meanflow ");
    EXPECT_NE(from, std::string::npos) << message;
    if (from == std::string::npos) return {};
    std::istringstream words(message.substr(from + 10, message.find('\'', from + 1) - from - 10));
    return {std::istream_iterator<std::string>(words), {}};
}

Outcome follow(const Scratch& scratch, const std::string& message, std::vector<std::string> more = {}) {
    std::vector<std::string> words = advice_in(message);
    words.insert(words.end(), {"--threads", "1"});
    words.insert(words.end(), more.begin(), more.end());
    return run_program(scratch, words);
}

bool is_finite(const Checkpoint& checkpoint) {
    for (const auto& [name, tensor] : checkpoint.file.tensors)
        for (const float x : tensor.floats())
            if (!std::isfinite(x)) return false;
    return true;
}

std::vector<std::int64_t> saved_steps(const fs::path& run) {
    std::vector<std::int64_t> out;
    for (const auto& path : checkpoints_of(run)) {
        EXPECT_TRUE(is_finite(read_checkpoint(path))) << path;
        out.push_back(*step_of(path));
    }
    return out;
}

/// A run of 30 steps that is fine.
std::vector<std::string> calm(std::vector<std::string> more = {}) {
    std::vector<std::string> words = test::small_training(
        "run", {"train.steps=30", "log.tensorboard=false", "save.keep=2", "train.max_skipped=3"});
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

std::vector<std::string> changes_in(const fs::path& run) {
    std::vector<std::string> out;
    for (const JsonRecord& row : read_json_lines(run / "metrics.jsonl"))
        for (const auto& [name, value] : row)
            if (name == "changed") out.push_back(std::get<std::string>(value));
    return out;
}

TEST(Diverged, FromTheFirstStepTheAdviceLeadsToARunThatLearns) {
    const Scratch scratch;
    std::vector<std::string> words = test::small_training(
        "run", {"optim.lr=1e8", "train.max_skipped=3", "train.steps=30", "log.tensorboard=false"});
    std::string message = run_program(scratch, words).err;
    int tries = 0;
    for (Outcome outcome{1, "", message}; outcome.code != 0 && tries < 14; ++tries) {
        ASSERT_NE(message.find("steps in a row were not finite"), std::string::npos) << message;
        (void)saved_steps(scratch / "run");
        outcome = follow(scratch, message);
        ASSERT_NE(outcome.code, 2) << outcome.err;
        message = outcome.err;
    }
    EXPECT_LT(tries, 14) << message;
    EXPECT_EQ(saved_steps(scratch / "run").back(), 30);
    EXPECT_NE(run_program(scratch, {"sample", "run", "--count", "4"}).err.find(""), std::string::npos);
}

TEST(Diverged, InTheMiddleTheLastGoodCheckpointStaysAndALowerRateGoesOn) {
    const Scratch scratch;
    ASSERT_EQ(run_program(scratch, calm()).code, 0);
    const std::string before = test::text_of(scratch / "run/checkpoints/step_30.safetensors");
    const Outcome broken = run_program(
        scratch, {"train", "--resume", "--out", "run", "optim.lr=1e12", "train.steps=60", "--threads", "1"});
    EXPECT_EQ(broken.code, 1);
    EXPECT_NE(broken.err.find("the last good checkpoint is run/checkpoints/step_30.safetensors"),
              std::string::npos)
        << broken.err;
    EXPECT_NE(broken.out.find("after step 30: optim.lr: 3e-3 -> 1e12"), std::string::npos) << broken.out;
    EXPECT_EQ(test::text_of(scratch / "run/checkpoints/step_30.safetensors"), before);
    EXPECT_EQ(saved_steps(scratch / "run"), (std::vector<std::int64_t>{20, 30}));

    // The advice with a rate that is low enough; the checkpoint outlives save.keep=2.
    const Outcome calmed = follow(scratch, broken.err, {"optim.lr=1e-4"});
    ASSERT_EQ(calmed.code, 0) << calmed.err;
    EXPECT_EQ(saved_steps(scratch / "run"), (std::vector<std::int64_t>{30, 50, 60}));
    EXPECT_EQ(changes_in(scratch / "run"),
              (std::vector<std::string>{"optim.lr: 3e-3 -> 1e12", "optim.lr: 1e12 -> 1e-4"}));
    EXPECT_EQ(settings_of_run(scratch / "run").real("optim.lr"), 1e-4);
}

TEST(Diverged, WhileStepsAreSkippedNothingIsSavedAndWhatLeadsThereIsNotGood) {
    const Scratch scratch;
    ASSERT_EQ(run_program(scratch, calm()).code, 0);
    // Step 31 goes through and leaves weights of 1e12, finite and useless: it is saved; what follows is skipped.
    const Outcome broken =
        run_program(scratch, {"train", "--resume", "--out", "run", "optim.lr=1e12", "train.steps=35",
                              "save.every=1", "train.max_skipped=1000", "--threads", "1"});
    EXPECT_EQ(broken.code, 1) << broken.out;
    EXPECT_NE(broken.err.find("the last step was not finite, so that it was not saved"), std::string::npos)
        << broken.err;
    EXPECT_NE(broken.err.find("the last good checkpoint is run/checkpoints/step_30.safetensors"),
              std::string::npos)
        << broken.err;
    EXPECT_EQ(saved_steps(scratch / "run"), (std::vector<std::int64_t>{20, 30}));
    EXPECT_EQ(saved_steps(scratch / "run/aside-1"), (std::vector<std::int64_t>{31}));
    const Outcome calmed = follow(scratch, broken.err, {"optim.lr=1e-4"});
    EXPECT_EQ(calmed.code, 0) << calmed.err;
    EXPECT_EQ(saved_steps(scratch / "run").back(), 35);
}

/// Earlier programs saved such: their second moments are infinite, with which nothing moves any more.
void spoil(const fs::path& from, const fs::path& to, std::int64_t step) {
    TensorFile file = read_checkpoint(from).file;
    file.tensors.at("optimiser.adam.v").f32()[3] = std::numeric_limits<float>::infinity();
    file.metadata["step"] = std::to_string(step);
    file.metadata["checksum"] = checksum_of(file);
    write_safetensors(to, file);
}

TEST(Diverged, ARunGoesOnFromACheckpointThatIsFinite) {
    const Scratch scratch;
    ASSERT_EQ(run_program(scratch, calm()).code, 0);
    const fs::path saved = scratch / "run/checkpoints";
    spoil(saved / "step_30.safetensors", saved / "step_40.safetensors", 40);
    const Outcome refused = run_program(scratch, {"train", "--resume", "--step", "40", "--out", "run"});
    EXPECT_EQ(refused.code, 1);
    EXPECT_NE(refused.err.find("optimiser.adam.v is not finite"), std::string::npos) << refused.err;
    const Outcome outcome =
        run_program(scratch, {"train", "--resume", "--out", "run", "train.steps=40", "--threads", "1"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("step_40.safetensors is left out: optimiser.adam.v is not finite"),
              std::string::npos)
        << outcome.err;
    EXPECT_NE(outcome.err.find("going on after step 30"), std::string::npos) << outcome.err;
    EXPECT_EQ(saved_steps(scratch / "run").back(), 40);
    EXPECT_TRUE(fs::exists(scratch / "run/aside-1/checkpoints/step_40.safetensors"));
}

TEST(Diverged, GoingBackToAnOlderCheckpointLosesNothing) {
    const Scratch scratch;
    ASSERT_EQ(run_program(scratch, calm({"save.keep=0"})).code, 0);
    const std::string newest = test::text_of(scratch / "run/checkpoints/step_30.safetensors");
    const Outcome none = run_program(scratch, {"train", "--resume", "--step", "17", "--out", "run"});
    EXPECT_EQ(none.code, 1);
    EXPECT_NE(none.err.find("it has those of 10, 20, 30"), std::string::npos) << none.err;

    const Outcome outcome = run_program(
        scratch, {"train", "--resume", "--step", "10", "--out", "run", "optim.lr=1e-3", "--threads", "1"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("going on after step 10"), std::string::npos) << outcome.err;
    EXPECT_EQ(saved_steps(scratch / "run"), (std::vector<std::int64_t>{10, 20, 30}));
    EXPECT_EQ(saved_steps(scratch / "run/aside-1"), (std::vector<std::int64_t>{20, 30}));
    EXPECT_EQ(test::text_of(scratch / "run/aside-1/checkpoints/step_30.safetensors"), newest);
    EXPECT_EQ(read_json_lines(scratch / "run/aside-1/metrics.jsonl").size(), 30U);
    EXPECT_EQ(changes_in(scratch / "run"),
              (std::vector<std::string>{"optim.lr: 3e-3 -> 1e-3",
                                        "goes back to here; what was made after it is in aside-1"}));
    // What was left is a run: it can be sampled, and gone on with.
    EXPECT_EQ(run_program(scratch, {"sample", "run/aside-1", "--count", "4", "--out", "a.npz"}).code, 0);

    const Outcome alone = run_program(scratch, calm({"--step", "10", "--out", "new"}));
    EXPECT_EQ(alone.code, 2);
    EXPECT_NE(alone.err.find("--resume"), std::string::npos) << alone.err;
}

TEST(Diverged, WithoutAChangeGoingBackGivesTheSameBits) {
    const Scratch scratch;
    ASSERT_EQ(run_program(scratch, calm({"save.keep=0"})).code, 0);
    const std::string newest = test::text_of(scratch / "run/checkpoints/step_30.safetensors");
    ASSERT_EQ(run_program(scratch,
                          {"train", "--resume", "--step", "10", "--out", "run", "--threads", "1", "--quiet"})
                  .code,
              0);
    EXPECT_EQ(test::text_of(scratch / "run/checkpoints/step_30.safetensors"), newest);
}

}  // namespace
