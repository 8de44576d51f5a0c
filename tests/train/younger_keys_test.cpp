// SPDX-License-Identifier: MIT
#include "train/younger_keys.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "io/scratch.hpp"
#include "train/run_folder.hpp"
#include "train/settings_text.hpp"

namespace {

using namespace mf;

Settings stored(std::vector<ConfigItem> items) { return resolve(with_younger_keys(std::move(items))); }

TEST(YoungerKeys, SettingsFromBeforeAKeyMeanWhatWasDoneThen) {
    const Settings old = stored({{"data.name", "shapes", ""}, {"data.size", "16", ""}});
    EXPECT_EQ(old.text("data.colours"), "any");
    EXPECT_EQ(old.reals("data.sizes"), (std::vector<double>{0.42, 0.82}));
    EXPECT_EQ(old.real("data.shift"), 1);
    EXPECT_EQ(old.real("data.turn"), 1);
    EXPECT_EQ(old.integer("data.size"), 16);
    const Settings fresh = resolve(std::vector<ConfigItem>{{"data.name", "shapes", ""}});
    EXPECT_EQ(fresh.text("data.colours"), "hue");
    EXPECT_LT(fresh.real("data.turn"), 1);
}

TEST(YoungerKeys, WhatIsStoredWins) {
    const Settings both = stored({{"data.name", "shapes", ""}, {"data.turn", "0.25", ""}});
    EXPECT_EQ(both.real("data.turn"), 0.25);
    EXPECT_EQ(both.text("data.colours"), "any");
    EXPECT_EQ(stored({{"data.name", "moons", ""}}).items(),
              resolve(std::vector<ConfigItem>{{"data.name", "moons", ""}}).items());
}

TEST(YoungerKeys, EveryStoredFormIsReadSo) {
    const std::vector<ConfigItem> items = settings_from_json(R"({"data.name": "shapes"})", "x.safetensors");
    EXPECT_EQ(resolve(items).text("data.colours"), "any");
    const test::Scratch scratch;
    scratch.put("config.yaml", "data:\n  name: shapes\n");
    EXPECT_EQ(settings_of_run(scratch.folder()).text("data.colours"), "any");
}

// 'train data.name=shapes --resume' on a run from before goes on with its pictures; what is typed is typed.
TEST(YoungerKeys, ARunIsResumedWithItsOwnValues) {
    const Settings old = stored({{"data.name", "shapes", ""}, {"data.turn", "0.25", ""}});
    const auto resumed = [&](std::vector<ConfigItem> items) {
        return resolve(with_younger_keys_of(old, std::move(items)));
    };
    EXPECT_EQ(resumed({{"data.name", "shapes", ""}}).items(), old.items());
    EXPECT_EQ(resumed({{"data.name", "shapes", ""}, {"data.turn", "1", ""}}).real("data.turn"), 1);
    EXPECT_FALSE(resumed({{"data.name", "moons", ""}}).has("data.turn"));
}

}  // namespace
