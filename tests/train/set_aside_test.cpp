// SPDX-License-Identifier: MIT
#include "train/set_aside.hpp"

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "train/config.hpp"
#include "train/run_folder.hpp"

namespace {

using namespace mf;
using mf::test::Scratch;
namespace fs = std::filesystem;

std::vector<std::int64_t> saved_steps(const fs::path& run) {
    std::vector<std::int64_t> out;
    for (const auto& path : checkpoints_of(run)) out.push_back(*step_of(path));
    return out;
}

class SetAside : public testing::Test {
  protected:
    SetAside() {
        fs::create_directories(run / "checkpoints");
        fs::create_directories(run / "samples");
        put("config.yaml", "model: {width: 8}");
        put("metrics.jsonl", "{\"step\": 900}\n");
        for (const int step : {8, 90, 100})
            put("checkpoints/step_" + std::to_string(step) + ".safetensors", "x");
        for (const char* name : {"step_0000090.png", "step_0000100.png", "step_100.svg", "other.png"})
            put(std::string("samples/") + name, "x");
    }
    void put(const std::string& name, const std::string& text) const { std::ofstream(run / name) << text; }

    Scratch scratch;
    fs::path run = scratch / "run";
};

TEST_F(SetAside, WhatIsNewerIsARunOfItsOwn) {
    EXPECT_EQ(set_aside_after(run, 90), run / "aside-1");
    EXPECT_EQ(saved_steps(run), (std::vector<std::int64_t>{8, 90}));
    EXPECT_EQ(saved_steps(run / "aside-1"), (std::vector<std::int64_t>{100}));
    EXPECT_EQ(settings_of_run(run / "aside-1").integer("model.width"), 8);
    EXPECT_EQ(test::text_of(run / "aside-1/metrics.jsonl"), "{\"step\": 900}\n");
    EXPECT_EQ(test::text_of(run / "metrics.jsonl"), "{\"step\": 900}\n");
    EXPECT_TRUE(fs::exists(run / "samples/step_0000090.png") && fs::exists(run / "samples/other.png"));
    EXPECT_TRUE(fs::exists(run / "aside-1/samples/step_0000100.png") &&
                fs::exists(run / "aside-1/samples/step_100.svg"));
}

TEST_F(SetAside, AsOftenAsOneLikes) {
    (void)set_aside_after(run, 90);
    put("checkpoints/step_100.safetensors", "y");
    EXPECT_EQ(set_aside_after(run, 8), run / "aside-2");
    EXPECT_EQ(test::text_of(run / "aside-1/checkpoints/step_100.safetensors"), "x");
    EXPECT_EQ(test::text_of(run / "aside-2/checkpoints/step_100.safetensors"), "y");
}

TEST_F(SetAside, NothingNewerIsNothingToDo) {
    EXPECT_EQ(set_aside_after(run, 100), fs::path());
    EXPECT_FALSE(fs::exists(run / "aside-1"));
}

}  // namespace
