// SPDX-License-Identifier: MIT
#include "diagnose/diagnostics.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "objectives/support.hpp"
#include "train/make_model.hpp"

namespace mf {
namespace {

double of(const NamedNumbers& numbers, const std::string& name) {
    for (const auto& [key, value] : numbers)
        if (key == name) return value;
    return std::nan("");
}

NamedNumbers diagnosed(const std::vector<std::string>& words, double scale, std::int64_t count, int threads) {
    const Settings settings = settings_of(words);
    const std::unique_ptr<Dataset> data = make_dataset(settings);
    const std::unique_ptr<VelocityModel> model = make_model(settings, kind_of(*data));
    model->initialise(1);
    for (float& weight : model->params().flat()) weight *= static_cast<float>(scale);
    Team team(threads);
    model->params().repack(team, Precision::f32);
    return diagnose(*model, settings, *data, {.count = count}, team);
}

const std::vector<std::string> kToy = {"model.width=16", "model.depth=2", "model.v_head=true"};

/// u = 0 everywhere: nothing bends, so both methods have the noise and the loss of e - x itself.
TEST(Diagnostics, OfNothingAreThoseOfTheData) {
    const NamedNumbers numbers = diagnosed(kToy, 0, 600, 1);
    EXPECT_DOUBLE_EQ(of(numbers, "noise_ratio"), 1);
    EXPECT_DOUBLE_EQ(of(numbers, "loss_mf"), of(numbers, "noise_mf"));
    EXPECT_DOUBLE_EQ(of(numbers, "fixed_z_mf"), of(numbers, "fixed_z_imf"));
    // The checkerboard fills half of [-2, 2]^2, so that x has variance 4/3 and e - x has 7/3.
    EXPECT_NEAR(of(numbers, "loss_imf"), 7.0 / 3, 0.25);
    for (const char* name : {"jvp_velocity", "jvp_self", "jvp_head", "u_bf16", "jvp_bf16", "self_head@0.5"})
        EXPECT_EQ(of(numbers, name), 0) << name;
    EXPECT_GT(of(numbers, "fixed_z_rows"), 50);
    // At a fixed state there is less to vary than over all of them.
    EXPECT_LT(of(numbers, "fixed_z_imf"), of(numbers, "loss_imf"));
}

TEST(Diagnostics, TheJacobianAmplifiesTheNoiseOfTheConditionalVelocity) {
    const NamedNumbers numbers = diagnosed(kToy, 3, 600, 1);
    EXPECT_NE(of(numbers, "noise_ratio"), 1);
    EXPECT_GT(of(numbers, "tangent_self"), 0.05);
    EXPECT_GT(of(numbers, "jvp_bf16"), 1e-4);
    EXPECT_LT(of(numbers, "jvp_bf16"), 0.2);
    // The ratio at fixed states and the ratio over draws are two measurements of one thing.
    EXPECT_GT((of(numbers, "fixed_z_mf") - of(numbers, "fixed_z_imf")) * (of(numbers, "noise_ratio") - 1), 0);
}

TEST(Diagnostics, AreTheSameOnAnyNumberOfThreads) {
    EXPECT_EQ(diagnosed(kToy, 2, 300, 1), diagnosed(kToy, 2, 300, 2));
}

TEST(Diagnostics, FlowMatchingHasErrorsOfItsVelocityOnly) {
    const NamedNumbers numbers =
        diagnosed({"objective.name=fm", "model.width=16", "model.depth=2"}, 1, 200, 1);
    ASSERT_FALSE(numbers.empty());
    for (const auto& [name, value] : numbers) {
        EXPECT_TRUE(name.starts_with("self_velocity@")) << name;
        EXPECT_FALSE(meaning_of_diagnostic(name).empty());
    }
}

TEST(Diagnostics, WorkForImagesAndForTheOtherDirection) {
    const std::vector<std::string> image = {"data.name=shapes",      "data.size=8",   "model.name=mit",
                                            "model.size=T",          "model.patch=4", "model.hidden=16",
                                            "objective.tangent=head"};
    const NamedNumbers numbers = diagnosed(image, 1, 64, 2);
    EXPECT_TRUE(std::isfinite(of(numbers, "noise_ratio")));
    EXPECT_TRUE(std::isfinite(of(numbers, "tangent_head")));
    EXPECT_TRUE(std::isfinite(of(numbers, "self_head@0.5")));
    for (const auto& [name, value] : numbers) EXPECT_TRUE(std::isfinite(value)) << name;

    std::vector<std::string> forward = kToy;
    forward.emplace_back("path.direction=forward");
    const NamedNumbers other = diagnosed(forward, 0, 600, 1);
    EXPECT_NEAR(of(other, "loss_imf"), 7.0 / 3, 0.25);
    EXPECT_LT(of(other, "fixed_z_imf"), of(other, "loss_imf"));
}

}  // namespace
}  // namespace mf
