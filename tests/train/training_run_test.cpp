// SPDX-License-Identifier: MIT
#include "train/training_run.hpp"

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "core/error.hpp"
#include "train/config.hpp"
#include "train/metrics_log.hpp"
#include "train/progress_bar.hpp"
#include "train/step_log.hpp"

namespace {

using namespace mf;
using mf::test::Scratch;

Settings small(std::vector<ConfigItem> more = {}) {
    std::vector<ConfigItem> items = {{"model.width", "8", ""},  {"model.depth", "1", ""},
                                     {"train.batch", "32", ""}, {"train.steps", "20", ""},
                                     {"save.every", "8", ""},   {"log.every", "5", ""},
                                     {"save.keep", "0", ""},    {"evaluate.every", "10", ""}};
    items.insert(items.end(), more.begin(), more.end());
    return resolve(items);
}

const TrainingView kUnseen{.lines = false, .bar = false};

std::vector<std::int64_t> saved_steps(const std::filesystem::path& run) {
    std::vector<std::int64_t> out;
    for (const auto& path : checkpoints_of(run)) out.push_back(*step_of(path));
    return out;
}

TEST(TrainingRun, SavesWritesAndEvaluatesWhenDue) {
    const Scratch scratch;
    const Settings settings = small();
    RunFolder folder = RunFolder::start(scratch / "run", settings);
    Trainer trainer(settings, 1);
    TrainingHooks hooks;
    hooks.evaluate = [](Trainer& t) {
        return std::vector<std::pair<std::string, double>>{
            {"twice", 2.0 * static_cast<double>(t.steps_done())}};
    };
    EXPECT_EQ(run_training(trainer, folder, settings, kUnseen, hooks), TrainingEnd::finished);
    EXPECT_EQ(saved_steps(scratch / "run"), (std::vector<std::int64_t>{8, 16, 20}));
    EXPECT_EQ(read_curve(folder.metrics(), "loss").steps.size(), 20U);
    EXPECT_EQ(read_curve(folder.metrics(), "twice").values, (std::vector<double>{20, 40}));
}

TEST(TrainingRun, StoppingSaves) {
    const Scratch scratch;
    const Settings settings = small();
    RunFolder folder = RunFolder::start(scratch / "run", settings);
    Trainer trainer(settings, 1);
    TrainingHooks hooks;
    hooks.stop = [&] { return trainer.steps_done() == 5; };
    EXPECT_EQ(run_training(trainer, folder, settings, kUnseen, hooks), TrainingEnd::stopped);
    EXPECT_EQ(saved_steps(scratch / "run"), (std::vector<std::int64_t>{5}));
}

TEST(TrainingRun, RowsAfterTheCheckpointAreForgottenOnResume) {
    const Scratch scratch;
    const Settings settings = small();
    {
        RunFolder folder = RunFolder::start(scratch / "run", settings);
        Trainer trainer(settings, 1);
        (void)run_training(trainer, folder, settings, kUnseen, {});
    }
    std::filesystem::remove(scratch / "run" / "checkpoints" / "step_20.safetensors");
    std::filesystem::remove(scratch / "run" / "checkpoints" / "step_16.safetensors");
    RunFolder folder = RunFolder::resume(scratch / "run", settings);
    Trainer trainer(settings, 1);
    std::vector<std::string> remarks;
    restore(trainer, *newest_checkpoint(scratch / "run", remarks));
    const std::vector<double> before = read_curve(folder.metrics(), "loss").values;
    (void)run_training(trainer, folder, settings, kUnseen, {});
    const MetricCurve after = read_curve(folder.metrics(), "loss");
    EXPECT_EQ(after.values, before);  // the steps are made again, bit for bit, and stand there once
    EXPECT_EQ(after.steps.front(), 1);
    EXPECT_EQ(after.steps.back(), 20);
}

TEST(TrainingRun, StepsThatAreNotFiniteAreSkippedAndInTheEndGivenUp) {
    const Scratch scratch;
    const Settings settings = small({{"optim.lr", "1e38", ""}, {"train.max_skipped", "4", ""}});
    RunFolder folder = RunFolder::start(scratch / "run", settings);
    Trainer trainer(settings, 1);
    try {
        (void)run_training(trainer, folder, settings, kUnseen, {});
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("4 steps in a row were not finite"), std::string::npos)
            << error.what();
        EXPECT_NE(error.hint().find("optim.lr"), std::string::npos) << error.hint();
    }
    EXPECT_FALSE(read_curve(folder.metrics(), "skipped").steps.empty());
}

TEST(StepLog, OneDenseLine) {
    StepLog log(5001, 4096, 2.04e9, 4e11);
    StepReport report;
    report.step = 1200;
    report.loss = 1.8771;
    report.gradient_norm = 0.42;
    report.rate = 3e-3;
    for (int i = 0; i < 3; ++i) log.add(report, 11.2e-3);
    EXPECT_EQ(log.line(),
              "step 1200/5001 | loss 1.8771 | |g| 0.42 | lr 3.0e-03 | 11.2 ms | 366 k samples/s | 46% peak | "
              "ETA 0:43");
    report.skipped = true;
    log.add(report, 11.2e-3);
    EXPECT_NE(log.line().find("1 skipped"), std::string::npos);
}

TEST(StepLog, NumbersAsPeopleReadThem) {
    EXPECT_EQ(with_commas(0), "0");
    EXPECT_EQ(with_commas(999), "999");
    EXPECT_EQ(with_commas(50434), "50,434");
    EXPECT_EQ(with_commas(-1234567), "-1,234,567");
    EXPECT_EQ(with_unit(2.044e9), "2.04 G");
    EXPECT_EQ(clock_text(38.2), "0:38");
    EXPECT_EQ(clock_text(3723), "1:02:03");
}

TEST(StepLog, ABoxAsWideAsItsTexts) {
    EXPECT_EQ(boxed_table("run", {{"a", "b"}, {"λ", "c"}}),
              "┌───────┐\n│ run   │\n├───┬───┤\n│ a │ b │\n│ λ │ c │\n└───┴───┘\n");
}

}  // namespace
