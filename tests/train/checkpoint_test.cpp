// SPDX-License-Identifier: MIT
#include "train/checkpoint.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "core/error.hpp"
#include "train/config.hpp"
#include "train/run_folder.hpp"

namespace {

using namespace mf;
using mf::test::Scratch;

Settings small(std::vector<ConfigItem> more = {}) {
    std::vector<ConfigItem> items = {{"model.width", "16", ""}, {"model.depth", "2", ""},
                                     {"train.batch", "64", ""}, {"train.steps", "20", ""},
                                     {"ema.decays", "0.9", ""}, {"schedule.name", "cosine", ""}};
    items.insert(items.end(), more.begin(), more.end());
    return resolve(items);
}

std::vector<float> all_numbers(Trainer& trainer) {
    std::vector<float> out;
    for (const auto& [name, tensor] : trainer.state())
        out.insert(out.end(), tensor.floats().begin(), tensor.floats().end());
    return out;
}

void flip_byte(const std::filesystem::path& path, std::int64_t from_end) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(-from_end, std::ios::end);
    const char byte = static_cast<char>(file.get() ^ 1);
    file.seekp(-from_end, std::ios::end);
    file.put(byte);
}

std::string message_of(const std::filesystem::path& path) {
    try {
        (void)read_checkpoint(path);
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

class CheckpointTest : public testing::TestWithParam<const char*> {};

TEST_P(CheckpointTest, GoingOnIsBitExact) {
    const Scratch scratch;
    const Settings settings = small({{"optim.name", GetParam(), ""}});
    Trainer whole(settings, 1), half(settings, 1), other(settings, 1);
    for (int i = 0; i < 14; ++i) whole.step();
    for (int i = 0; i < 7; ++i) half.step();
    save_checkpoint(scratch / "step_7.safetensors", half, settings);

    const Checkpoint checkpoint = read_checkpoint(scratch / "step_7.safetensors");
    EXPECT_EQ(checkpoint.step, 7);
    EXPECT_EQ(checkpoint.settings, settings);
    restore(other, checkpoint);
    EXPECT_EQ(other.steps_done(), 7);
    for (int i = 0; i < 7; ++i) other.step();
    EXPECT_EQ(all_numbers(other), all_numbers(whole));
}

INSTANTIATE_TEST_SUITE_P(Optimisers, CheckpointTest, testing::Values("adam", "adamw", "muon"));

TEST(Checkpoint, DamageIsNoticed) {
    const Scratch scratch;
    const auto path = scratch / "step_0.safetensors";
    const Settings settings = small();
    Trainer trainer(settings, 1);
    save_checkpoint(path, trainer, settings);
    EXPECT_EQ(message_of(path), "no error");

    flip_byte(path, 100);
    EXPECT_NE(message_of(path).find("checksum"), std::string::npos) << message_of(path);
    save_checkpoint(path, trainer, settings);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 5);
    EXPECT_NE(message_of(path).find(path.string()), std::string::npos) << message_of(path);
    std::filesystem::resize_file(path, 3);
    EXPECT_NE(message_of(path), "no error");
    EXPECT_NE(message_of(scratch / "none.safetensors"), "no error");
}

TEST(Checkpoint, AnyOtherSafetensorsFileIsNotACheckpoint) {
    EXPECT_NE(message_of(MF_TEST_DATA "/optim.safetensors").find("no checkpoint"), std::string::npos);
}

TEST(Checkpoint, ATrainerOfAnotherShapeIsRefused) {
    const Scratch scratch;
    const Settings settings = small();
    Trainer trainer(settings, 1), wider(small({{"model.width", "17", ""}}), 1);
    save_checkpoint(scratch / "a.safetensors", trainer, settings);
    EXPECT_THROW(restore(wider, read_checkpoint(scratch / "a.safetensors")), Error);
}

TEST(Checkpoint, AModelIsLoadedWithTheWeightsThatAreAskedFor) {
    const Scratch scratch;
    const Settings settings = small();
    Trainer trainer(settings, 1);
    for (int i = 0; i < 5; ++i) trainer.step();
    save_checkpoint(scratch / "a.safetensors", trainer, settings);
    const Checkpoint checkpoint = read_checkpoint(scratch / "a.safetensors");
    EXPECT_EQ(weights_in(checkpoint), (std::vector<std::string>{"online", "ema_0.9"}));

    Team team(1);
    for (const Weights& weights : trainer.weights()) {
        const LoadedModel loaded = load_model(checkpoint, weights.name, team);
        EXPECT_TRUE(std::ranges::equal(loaded.model->params().flat(), weights.values)) << weights.name;
    }
    EXPECT_EQ(load_model(checkpoint, "ema", team).weights, "ema_0.9");
    EXPECT_THROW((void)load_model(checkpoint, "ema_0.5", team), UsageError);
}

TEST(Checkpoint, WeightsBeforeTheFirstStepNeedNoFile) {
    const Settings settings = small();
    Trainer trainer(settings, 1);
    Team team(1);
    EXPECT_TRUE(std::ranges::equal(initial_model(settings, team).model->params().flat(),
                                   trainer.model().params().flat()));
}

TEST(RunFolder, OnlyTheNewestAreKept) {
    const Scratch scratch;
    const Settings settings = small();
    RunFolder run = RunFolder::start(scratch / "run", settings);
    Trainer trainer(settings, 1);
    for (int i = 0; i < 12; ++i) {
        trainer.step();
        run.save(trainer, settings, 3);
    }
    std::vector<std::int64_t> steps;
    for (const auto& path : checkpoints_of(scratch / "run")) steps.push_back(*step_of(path));
    EXPECT_EQ(steps, (std::vector<std::int64_t>{10, 11, 12}));
}

TEST(RunFolder, TheNewestWholeCheckpointIsFound) {
    const Scratch scratch;
    const Settings settings = small();
    RunFolder run = RunFolder::start(scratch / "run", settings);
    Trainer trainer(settings, 1);
    for (int i = 0; i < 3; ++i) {
        trainer.step();
        run.save(trainer, settings, 0);
    }
    flip_byte(scratch / "run" / "checkpoints" / "step_3.safetensors", 10);
    std::filesystem::resize_file(scratch / "run" / "checkpoints" / "step_2.safetensors", 1000);
    std::vector<std::string> remarks;
    const auto found = newest_checkpoint(scratch / "run", remarks);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->step, 1);
    EXPECT_EQ(remarks.size(), 2U);
}

TEST(RunFolder, OneRunAtATime) {
    const Scratch scratch;
    const Settings settings = small();
    const RunFolder run = RunFolder::start(scratch / "run", settings);
    EXPECT_THROW((void)RunFolder::resume(scratch / "run", settings), Error);
}

TEST(RunFolder, AFolderThatIsNotEmptyIsNotTaken) {
    const Scratch scratch;
    EXPECT_NO_THROW((void)RunFolder::start(scratch / "run", small()));
    EXPECT_THROW((void)RunFolder::start(scratch / "run", small()), UsageError);
    std::filesystem::create_directories(scratch / "other" / "things");
    EXPECT_THROW((void)RunFolder::start(scratch / "other", small()), UsageError);
    EXPECT_THROW((void)RunFolder::resume(scratch / "other", small()), UsageError);
}

TEST(RunFolder, ResumingWithAnotherConfigurationNamesTheKeys) {
    const Scratch scratch;
    (void)RunFolder::start(scratch / "run", small());
    EXPECT_NO_THROW(
        (void)RunFolder::resume(scratch / "run", small({{"log.every", "7", ""}, {"save.keep", "9", ""}})));
    try {
        (void)RunFolder::resume(scratch / "run", small({{"train.batch", "7", ""}, {"optim.b1", "0.5", ""}}));
        FAIL();
    } catch (const UsageError& error) {
        const std::string message = error.what();
        EXPECT_NE(message.find("train.batch: 64 -> 7"), std::string::npos) << message;
        EXPECT_NE(message.find("optim.b1: 0.9 -> 0.5"), std::string::npos) << message;
    }
    // The cosine ends at the last step: another number of steps is another run.
    EXPECT_THROW((void)RunFolder::resume(scratch / "run", small({{"train.steps", "30", ""}})), UsageError);
    const std::vector<ConfigItem> constant = {{"schedule.name", "constant", ""}};
    (void)RunFolder::start(scratch / "flat", small(constant));
    EXPECT_NO_THROW(
        (void)RunFolder::resume(scratch / "flat", small({constant[0], {"train.steps", "30", ""}})));
}

TEST(RunFolder, ARunMayBeMadeLongerUntilItsRateFalls) {
    const Scratch scratch;
    const auto flat = [](const char* steps, const char* cooldown) {
        return small({{"schedule.name", "constant", ""},
                      {"train.steps", steps, ""},
                      {"schedule.cooldown", cooldown, ""}});
    };
    {
        Trainer trainer(flat("20", "0"), 1);
        RunFolder run = RunFolder::start(scratch / "run", flat("20", "0"));
        for (int i = 0; i < 6; ++i) (void)trainer.step();
        (void)run.save(trainer, flat("20", "0"), 0);
    }
    const auto changes = [&](const char* steps, const char* cooldown) {
        return RunFolder::resume(scratch / "run", flat(steps, cooldown)).changes();
    };
    EXPECT_TRUE(changes("40", "0").empty());
    // A schedule may change; that one which would have begun to fall at step 5 is another than planned is noted.
    EXPECT_EQ(changes("20", "15"), std::vector<std::string>{"schedule.cooldown: 0 -> 15"});
    EXPECT_EQ(changes("40", "10").size(), 2U);
    {
        RunFolder run = RunFolder::resume(scratch / "run", flat("20", "15"));
        (void)run.begin(flat("20", "15"), 6);
    }
    EXPECT_THROW((void)changes("30", "15"), UsageError);  // the rate falls already, and to another end
}

}  // namespace
