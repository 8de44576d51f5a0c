// SPDX-License-Identifier: MIT
// kill -9 at random moments: at most the steps since the last checkpoint are lost, and never a checkpoint.
#include <csignal>
#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "core/rng.hpp"
#include "io/jsonl.hpp"
#include "ops/gpu/opencl_here.hpp"
#include "train/metrics_log.hpp"
#include "train/run_folder.hpp"

namespace {

using namespace mf;
using test::Program;
using test::run_program;
using test::Scratch;

constexpr std::int64_t kSaveEvery = 20;

std::vector<std::string> training(const std::string& out, bool resume, std::int64_t steps) {
    std::vector<std::string> words =
        test::small_training(out, {"model.width=8", "train.batch=16", "log.tensorboard=false",
                                   "ema.decays=0.9", "train.steps=" + std::to_string(steps),
                                   "save.every=" + std::to_string(kSaveEvery), "save.keep=2"});
    if (resume) words.emplace_back("--resume");
    return words;
}

/// Newest step saved; every checkpoint that stands under its name must be whole.
std::int64_t newest_step(const std::filesystem::path& run) {
    std::int64_t newest = 0;
    for (const auto& path : checkpoints_of(run)) {
        EXPECT_NO_THROW(newest = read_checkpoint(path).step) << path;
        EXPECT_EQ(newest, *step_of(path));
    }
    return newest;
}

/// MF_KILLS: how often (20).
int kills_wanted() {
    const char* words = std::getenv("MF_KILLS");
    return words == nullptr ? 20 : std::atoi(words);
}

TEST(Kill, NothingButTheStepsSinceTheLastCheckpointIsLost) {
    const Scratch scratch;
    const auto run = scratch / "run";
    constexpr std::int64_t endless = 100000000;
    std::int64_t before = 0;
    for (int i = 0; i < kills_wanted(); ++i) {
        Program program(scratch, training("run", true, endless), {});
        // From before the first step to many checkpoints later.
        const auto wait = philox(1, Stream::test, static_cast<std::uint64_t>(i))[0] % 150'000;
        std::this_thread::sleep_for(std::chrono::microseconds(wait));
        ASSERT_TRUE(program.running()) << program.err();
        program.send(SIGKILL);
        EXPECT_EQ(program.wait(), 128 + SIGKILL);

        const std::int64_t saved = newest_step(run);
        EXPECT_GE(saved, before);
        before = saved;
        if (!std::filesystem::exists(run / "metrics.jsonl")) continue;
        const MetricCurve curve = read_curve(run / "metrics.jsonl", "loss");
        if (!curve.steps.empty()) {
            EXPECT_LE(curve.steps.back(), static_cast<double>(saved + kSaveEvery));
        }
    }
    // What came out is what a run that was never killed gives, to the last bit.
    const std::int64_t end = before + kSaveEvery;
    ASSERT_EQ(run_program(scratch, training("run", true, end)).code, 0);
    ASSERT_EQ(run_program(scratch, training("whole", false, end)).code, 0);
    const Checkpoint killed = *[&] {
        std::vector<std::string> r;
        return newest_checkpoint(run, r);
    }();
    const Checkpoint whole = *[&] {
        std::vector<std::string> r;
        return newest_checkpoint(scratch / "whole", r);
    }();
    EXPECT_EQ(killed.step, end);
    EXPECT_EQ(killed.file.metadata.at("checksum"), whole.file.metadata.at("checksum"));
    EXPECT_EQ(read_curve(run / "metrics.jsonl", "loss").values,
              read_curve(scratch / "whole" / "metrics.jsonl", "loss").values);
}

/// Returns when a checkpoint of a later step stands there; false: there was none in a minute.
bool wait_for_checkpoint(const std::filesystem::path& run, std::int64_t after) {
    for (int i = 0; i < 6000; ++i) {
        const auto all = checkpoints_of(run);
        if (!all.empty() && *step_of(all.back()) > after) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

// On another device, where work is under way when the process dies.
TEST(Kill, ARunOnOpenClGoesOnFromItsLastCheckpointThereAndOnTheCpu) {
    if (no_opencl()) return;
    const Scratch scratch;
    const auto words = [](const std::string& out, bool resume, std::int64_t steps,
                          const std::string& device) {
        std::vector<std::string> all = training(out, resume, steps);
        all.insert(all.end(), {"--device", device, "--quiet"});
        return all;
    };
    std::int64_t before = 0;
    for (int i = 0; i < 2; ++i) {
        Program program(scratch, words("run", true, 100000000, "opencl"), {});
        ASSERT_TRUE(wait_for_checkpoint(scratch / "run", before)) << program.err();
        std::this_thread::sleep_for(std::chrono::milliseconds(7 + 20 * i));
        program.send(SIGKILL);
        EXPECT_EQ(program.wait(), 128 + SIGKILL);
        const std::int64_t saved = newest_step(scratch / "run");
        EXPECT_GT(saved, before);
        before = saved;
    }
    std::filesystem::copy(scratch / "run", scratch / "moved", std::filesystem::copy_options::recursive);
    const std::int64_t end = before + 5;
    const test::Outcome there = run_program(scratch, words("run", true, end, "opencl"));
    ASSERT_EQ(there.code, 0) << there.err;
    EXPECT_FALSE(std::filesystem::exists(scratch / "run" / ".lock"));
    const test::Outcome here = run_program(scratch, words("moved", true, end, "cpu"));
    ASSERT_EQ(here.code, 0) << here.err;
    ASSERT_EQ(run_program(scratch, words("whole", false, end, "opencl")).code, 0);
    const auto newest = [&](const char* run) {
        return read_checkpoint(checkpoints_of(scratch / run).back());
    };
    const Checkpoint killed = newest("run"), whole = newest("whole"), moved = newest("moved");
    EXPECT_EQ(killed.step, end);
    EXPECT_EQ(moved.step, end);
    // The same device gives the same bits, killed or not; another one the same numbers.
    EXPECT_EQ(killed.file.metadata.at("checksum"), whole.file.metadata.at("checksum"));
    for (const auto& [name, tensor] : moved.file.tensors)
        for (std::int64_t i = 0; i < tensor.count(); ++i)
            ASSERT_NEAR(tensor.f32()[i], whole.file.tensors.at(name).f32()[i], 5e-3) << name;
}

}  // namespace
