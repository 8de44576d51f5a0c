// SPDX-License-Identifier: MIT
// Files, folders and disks that are not as they should be: one clear line each, and nothing lost.
#include <csignal>
#include <thread>

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "io/npz.hpp"
#include "train/run_folder.hpp"

namespace {

using namespace mf;
using test::Outcome;
using test::Program;
using test::run_program;
using test::Scratch;
using test::small_training;

void expect_error(const Outcome& outcome, int code, const std::string& what) {
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_NE(outcome.err.find("meanflow: error: "), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find(what), std::string::npos) << outcome.err;
}

void spoil(const std::filesystem::path& path) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(-50, std::ios::end);
    file.write("spoilt", 6);
}

/// Waits (10 s at most) until the run has a checkpoint.
bool wait_for_checkpoint(const std::filesystem::path& run) {
    for (int i = 0; i < 1000; ++i) {
        if (!checkpoints_of(run).empty()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

TEST(BadInput, MissingFiles) {
    const Scratch scratch;
    expect_error(run_program(scratch, {"train", "none.yaml"}), 1, "none.yaml: no such configuration file");
    expect_error(run_program(scratch, {"sample", "none"}), 1, "none");
    expect_error(run_program(scratch, {"eval", "none.npz"}), 1, "none.npz");
    expect_error(run_program(scratch, {"info", "none.safetensors"}), 1, "none.safetensors");
    expect_error(run_program(scratch, {"verify", "none"}), 1, "none");
    std::filesystem::create_directories(scratch / "empty");
    expect_error(run_program(scratch, {"sample", "empty"}), 1, "no checkpoint in this folder");
    expect_error(run_program(scratch, {"verify", "empty"}), 1, "no .safetensors file");
}

TEST(BadInput, ADamagedCheckpointIsNotSampled) {
    const Scratch scratch;
    ASSERT_EQ(run_program(scratch, small_training("run")).code, 0);
    const std::string newest = (scratch / "run" / "checkpoints" / "step_40.safetensors").string();
    spoil(newest);
    expect_error(run_program(scratch, {"sample", newest}), 1, "checksum");
    std::filesystem::resize_file(newest, 2000);
    expect_error(run_program(scratch, {"sample", newest}), 1, "step_40.safetensors");

    // The run has an older one.
    const Outcome outcome = run_program(scratch, {"sample", "run", "--out", "x.npz"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("step_40.safetensors is left out"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.out.find("step 30"), std::string::npos) << outcome.out;
}

TEST(BadInput, ADamagedNewestCheckpointCostsOnlyTheStepsAfterTheOneBefore) {
    const Scratch scratch;
    ASSERT_EQ(run_program(scratch, small_training("run")).code, 0);
    ASSERT_EQ(run_program(scratch, small_training("same")).code, 0);
    spoil(scratch / "run" / "checkpoints" / "step_40.safetensors");
    const Outcome outcome = run_program(scratch, small_training("run", {"--resume"}));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("step_40.safetensors is left out"), std::string::npos) << outcome.err;
    EXPECT_EQ(test::text_of(scratch / "run" / "checkpoints" / "step_40.safetensors"),
              test::text_of(scratch / "same" / "checkpoints" / "step_40.safetensors"));
}

TEST(BadInput, ARunIsNotOverwritten) {
    const Scratch scratch;
    ASSERT_EQ(run_program(scratch, small_training("run")).code, 0);
    expect_error(run_program(scratch, small_training("run")), 2, "there is a run in this folder");
    std::filesystem::create_directories(scratch / "things" / "of" / "mine");
    expect_error(run_program(scratch, small_training("things")), 2, "not empty");
}

TEST(BadInput, ResumingWithAnotherConfigurationNamesEveryKey) {
    const Scratch scratch;
    ASSERT_EQ(run_program(scratch, small_training("run")).code, 0);
    const Outcome outcome =
        run_program(scratch, small_training("run", {"--resume", "train.batch=32", "optim.b1=0.8"}));
    expect_error(outcome, 2, "train.batch: 64 -> 32");
    EXPECT_NE(outcome.err.find("optim.b1: 0.9 -> 0.8"), std::string::npos) << outcome.err;
    EXPECT_EQ(run_program(scratch, small_training("run", {"--resume", "train.steps=50"})).code, 0);
    EXPECT_TRUE(std::filesystem::exists(scratch / "run" / "checkpoints" / "step_50.safetensors"));
}

TEST(BadInput, TwoProgramsInOneFolder) {
    const Scratch scratch;
    Program first(scratch, small_training("run", {"train.steps=10000000"}), {});
    ASSERT_TRUE(wait_for_checkpoint(scratch / "run"));
    expect_error(run_program(scratch, small_training("run", {"--resume", "train.steps=10000000"})), 1, "run");
    EXPECT_TRUE(first.running());
}

TEST(BadInput, AFullDiskLosesNoCheckpoint) {
    const Scratch scratch;
    ASSERT_EQ(run_program(scratch, small_training("run", {"train.steps=10", "log.metrics_every=1000"})).code,
              0);
    const auto saved = scratch / "run" / "checkpoints" / "step_10.safetensors";
    const std::string before = test::text_of(saved);
    // Everything but a checkpoint fits.
    const Outcome outcome =
        run_program(scratch, small_training("run", {"--resume", "train.steps=30", "log.metrics_every=1000"}),
                    {.file_bytes = 5000});
    expect_error(outcome, 1, "step_20.safetensors");
    EXPECT_EQ(test::text_of(saved), before);
    for (const auto& entry : std::filesystem::directory_iterator(scratch / "run" / "checkpoints"))
        EXPECT_EQ(entry.path(), saved);
    EXPECT_EQ(run_program(scratch, small_training("run", {"--resume", "train.steps=30"})).code, 0);
}

TEST(BadInput, SamplesThatAreNotFiniteAreRefused) {
    const Scratch scratch;
    Tensor points({100, 2}, DType::f32);
    points.fill(0.5F);
    points.f32()[31] = std::numeric_limits<float>::quiet_NaN();
    write_npz(scratch / "nan.npz", {{"samples", points}});
    expect_error(run_program(scratch, {"eval", "nan.npz"}), 1, "15");
    Tensor other({100, 3}, DType::f32);
    other.fill(0.5F);
    write_npz(scratch / "wide.npz", {{"samples", other}});
    expect_error(run_program(scratch, {"eval", "wide.npz"}), 1, "(100, 3)");
}

// What comes of a later divergence is in diverged_test.cpp.
TEST(BadInput, TrainingThatDivergesAtOnceSavesNothing) {
    const Scratch scratch;
    const Outcome outcome =
        run_program(scratch, small_training("run", {"optim.lr=1e38", "save.every=1", "train.max_skipped=5"}));
    expect_error(outcome, 1, "after step 1 model.network.0.weight is not finite");
    EXPECT_NE(outcome.err.find("hint: nothing good was saved yet"), std::string::npos) << outcome.err;
    EXPECT_TRUE(checkpoints_of(scratch / "run").empty());
}

TEST(Signals, CtrlCEndsAfterTheStepWithACheckpointAndSaysHowToGoOn) {
    for (const int signal : {SIGINT, SIGTERM}) {
        const Scratch scratch;
        Program program(scratch, small_training("run", {"train.steps=10000000", "save.every=100000000"}), {});
        while (program.running() && !std::filesystem::exists(scratch / "run" / "metrics.jsonl"))
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        program.send(signal);
        EXPECT_EQ(program.wait(), 128 + signal) << program.err();
        EXPECT_NE(program.err().find("--resume --out run"), std::string::npos) << program.err();
        EXPECT_EQ(checkpoints_of(scratch / "run").size(), 1U);
    }
}

}  // namespace
