// SPDX-License-Identifier: MIT
#include "train/run_changes.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "train/config.hpp"

namespace {

using namespace mf;
using Lines = std::vector<std::string>;

Settings with(std::vector<ConfigItem> items) { return resolve(items); }

Lines changes(std::vector<ConfigItem> before, std::vector<ConfigItem> after, std::int64_t done = 5) {
    return allowed_changes(with(std::move(before)), with(std::move(after)), done, "runs/a");
}

/// What is refused, and the hint.
std::pair<std::string, std::string> refusal(std::vector<ConfigItem> before, std::vector<ConfigItem> after,
                                            std::int64_t done = 5) {
    try {
        (void)changes(std::move(before), std::move(after), done);
    } catch (const UsageError& error) {
        return {error.what(), error.hint()};
    }
    return {"nothing", ""};
}

TEST(RunChanges, RatesClipAndScheduleAreNoted) {
    const ConfigItem muon{"optim.name", "muon", ""};
    EXPECT_EQ(changes({muon}, {muon,
                               {"optim.lr", "1e-4", ""},
                               {"optim.muon_lr", "0.002", ""},
                               {"optim.clip", "1", ""},
                               {"schedule.warmup", "7", ""}}),
              (Lines{"schedule.warmup: 0 -> 7", "optim.lr: 1e-3 -> 1e-4", "optim.clip: 0 -> 1",
                     "optim.muon_lr: 0.02 -> 0.002"}));
}

TEST(RunChanges, WhatOnlyWatchesIsNot) {
    EXPECT_EQ(changes({}, {{"log.every", "7", ""}, {"save.keep", "9", ""}, {"train.max_skipped", "3", ""}}),
              Lines{});
}

TEST(RunChanges, AnotherSpellingOfAValueIsNoChange) {
    EXPECT_EQ(changes({{"optim.lr", "3e-3", ""}, {"optim.b1", "0.90", ""}},
                      {{"optim.lr", "0.003", ""}, {"optim.b1", "9e-1", ""}}),
              Lines{});
}

TEST(RunChanges, EveryKeyThatMakesAnotherRunIsNamed) {
    const auto [what, hint] =
        refusal({}, {{"optim.b1", "0.5", ""}, {"optim.lr", "1", ""}, {"model.width", "7", ""}});
    EXPECT_EQ(what,
              "runs/a: this run has another configuration (model.width: 128 -> 7; optim.b1: 0.9 -> 0.5)");
    EXPECT_EQ(hint, "take these keys back, or start another run with another --out");
    EXPECT_NE(refusal({}, {{"optim.name", "adamw", ""}}).first.find("optim.name: adam -> adamw"),
              std::string::npos);
}

TEST(RunChanges, ThePlaceOfTheDataMayChange) {
    const ConfigItem folder{"data.name", "image_folder", ""}, mit{"model.name", "mit", ""};
    const std::string here = std::filesystem::current_path().string();
    EXPECT_EQ(changes({folder, mit, {"data.path", "pictures", ""}},
                      {folder, mit, {"data.path", here + "/x/../pictures/", ""}}),
              Lines{});
    EXPECT_EQ(changes({folder, mit, {"data.path", "/a", ""}}, {folder, mit, {"data.path", "/b", ""}}),
              Lines{"data.path: /a -> /b"});
    EXPECT_NE(refusal({folder, mit, {"data.size", "8", ""}}, {folder, mit}).first.find("data.size: 8 -> 0"),
              std::string::npos);
}

TEST(RunChanges, PathsAreMadeAbsolute) {
    const Settings settings = with_absolute_paths(with({{"data.name", "image_folder", ""},
                                                        {"model.name", "mit", ""},
                                                        {"data.path", "./pictures/", ""},
                                                        {"evaluate.judge", "j.safetensors", ""}}));
    const std::string here = std::filesystem::current_path().string();
    EXPECT_EQ(settings.text("data.path"), here + "/pictures");
    EXPECT_EQ(settings.text("evaluate.judge"), here + "/j.safetensors");
    EXPECT_EQ(with_absolute_paths(with({})).text("evaluate.judge"), "");
}

TEST(RunChanges, LengthAndSchedule) {
    const ConfigItem cosine{"schedule.name", "cosine", ""}, constant{"schedule.name", "constant", ""},
        longer{"train.steps", "9000", ""};
    EXPECT_EQ(changes({constant}, {constant, longer}), Lines{});
    const auto [what, hint] = refusal({cosine}, {cosine, longer});
    EXPECT_NE(what.find("train.steps: 5001 -> 9000"), std::string::npos) << what;
    EXPECT_NE(hint.find("together with schedule.name=constant"), std::string::npos) << hint;
    EXPECT_EQ(changes({cosine}, {constant, longer}),  // what the hint says
              (Lines{"schedule.name: cosine -> constant", "train.steps: 5001 -> 9000"}));
    const ConfigItem adaptive{"loss.weight", "adaptive", ""}, moving{"loss.p_end", "0.5", ""};
    EXPECT_NE(
        refusal({constant, adaptive, moving}, {constant, adaptive, moving, longer}).second.find("loss.p_end"),
        std::string::npos);
}

TEST(RunChanges, ALowerRateIsOneThatEveryPartFollows) {
    EXPECT_EQ(lower_rates(with({{"optim.lr", "1e4", ""}})), "optim.lr=1000");
    EXPECT_EQ(lower_rates(with({{"optim.name", "muon", ""}})), "optim.lr=0.0001 optim.muon_lr=0.002");
}

}  // namespace
