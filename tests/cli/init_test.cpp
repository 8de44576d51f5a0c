// SPDX-License-Identifier: MIT
// train --init: a run that starts from the weights of another.
#include <cstring>

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "io/safetensors.hpp"

namespace {

using namespace mf;
using namespace mf::test;

const std::vector<std::string> kSmall = {"train.batch=64", "model.width=16", "--quiet"};

Outcome trained(const Scratch& scratch, std::vector<std::string> words) {
    words.insert(words.begin(), "train");
    words.insert(words.end(), kSmall.begin(), kSmall.end());
    return run_program(scratch, words);
}

TEST(Init, ARunStartsFromWeightsAndGoesOnAfterAKill) {
    const Scratch scratch;
    const auto at = [&](const char* name) { return (scratch / name).string(); };
    EXPECT_EQ(trained(scratch, {"toy/fm", "--out", at("fm"), "train.steps=20"}).code, 0);
    const Outcome whole =
        trained(scratch, {"toy/imf", "--init", at("fm"), "--out", at("whole"), "train.steps=20"});
    EXPECT_EQ(whole.code, 0);
    EXPECT_NE(whole.err.find("has no input for r"), std::string::npos) << whole.err;
    // As if it had been killed before its first checkpoint: that of step 0 is there.
    EXPECT_EQ(trained(scratch, {"toy/imf", "--init", at("fm"), "--out", at("cut"), "train.steps=0"}).code, 0);
    EXPECT_TRUE(std::filesystem::exists(scratch / "cut/checkpoints/step_0.safetensors"));
    EXPECT_EQ(
        run_program(scratch, {"train", "--resume", "--out", at("cut"), "train.steps=20", "--quiet"}).code, 0);
    const TensorFile a = read_safetensors(scratch / "whole/checkpoints/step_20.safetensors"),
                     b = read_safetensors(scratch / "cut/checkpoints/step_20.safetensors");
    ASSERT_EQ(a.tensors.size(), b.tensors.size());
    for (const auto& [name, tensor] : a.tensors)
        EXPECT_EQ(std::memcmp(tensor.raw(), b.tensors.at(name).raw(), tensor.bytes()), 0) << name;
    const Outcome both = trained(scratch, {"toy/imf", "--init", at("fm"), "--resume", "--out", at("cut")});
    EXPECT_EQ(both.code, 2);
    EXPECT_NE(both.err.find("--init starts a run"), std::string::npos);
    EXPECT_EQ(trained(scratch, {"toy/imf", "--weights", "ema", "--out", at("x")}).code, 2);
    const Outcome other =
        trained(scratch, {"toy/imf", "model.depth=2", "--init", at("fm"), "--out", at("y")});
    EXPECT_EQ(other.code, 1);
    EXPECT_NE(other.err.find("do not fit the network of this run"), std::string::npos) << other.err;
    EXPECT_FALSE(std::filesystem::exists(scratch / "y"));
}

}  // namespace
