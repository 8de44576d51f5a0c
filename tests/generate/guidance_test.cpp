// SPDX-License-Identifier: MIT
// Every part of a guidance request acts on a network, or is refused with the reason.
#include "generate/guidance.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "generate/sampling.hpp"
#include "ops/arithmetic.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "train/config.hpp"

namespace mf {
namespace {

/// An untrained network of small images with three classes.
LoadedModel model_of(std::vector<std::string> words, Team& team) {
    std::vector<ConfigItem> items;
    for (const char* word :
         {"data.name=shapes", "data.size=4", "data.classes=disc,ring,star", "model.name=mit",
          "model.hidden=32", "model.depth=2", "model.heads=2", "model.patch=2", "model.head_depth=1"})
        items.push_back(parse_override(word));
    for (const std::string& word : words) {
        if (word == "model.name=dit")
            std::erase_if(items, [](const ConfigItem& i) { return i.key == "model.head_depth"; });
        items.push_back(parse_override(word));
    }
    LoadedModel out = initial_model(resolve(items), team);
    // Final layers begin at zero: with other numbers every input shows.
    for (float& value : out.model->params().flat()) value += 0.02F;
    float sign = 1;
    for (float& value : out.model->params().flat()) value *= sign, sign = -sign;
    out.model->params().repack(team, Precision::f32);
    return out;
}

std::vector<float> drawn(const LoadedModel& model, const GuidanceRequest& guidance, Team& team,
                         int steps = 4) {
    SampleRequest request;
    request.steps = steps;
    request.count = 6;
    request.guidance = guidance;
    return draw_samples(model, request, team).values;
}

std::string refusal(const LoadedModel& model, const GuidanceRequest& guidance) {
    try {
        check_guidance(model, guidance);
    } catch (const UsageError& error) {
        EXPECT_FALSE(error.hint().empty()) << error.what();
        return error.what();
    }
    return "";
}

GuidanceRequest strength(std::vector<double> omega, std::string labels = "balanced") {
    return {.labels = std::move(labels), .omega = std::move(omega), .t_min = {}, .t_max = {}};
}
GuidanceRequest interval(double from, double to, std::vector<double> omega = {}) {
    return {.labels = "balanced", .omega = std::move(omega), .t_min = {from}, .t_max = {to}};
}

TEST(Guidance, ANetworkWithoutClassesHasNone) {
    Team team(1);
    const LoadedModel points = initial_model(resolve({}), team);
    EXPECT_NE(refusal(points, strength({5})).find("no classes"), std::string::npos);
    EXPECT_NE(refusal(points, strength({1, 5, 1})).find("no classes"), std::string::npos);
    EXPECT_NE(refusal(points, interval(0.2, 0.8)).find("no classes"), std::string::npos);
    EXPECT_EQ(refusal(points, strength({1})), "");
    EXPECT_EQ(refusal(points, interval(0, 1)), "");
}

TEST(Guidance, AStrengthThatWasFixedInTrainingIsTheOnlyOne) {
    Team team(1);
    const LoadedModel fixed = model_of({"objective.guidance=fixed", "objective.omega=3"}, team);
    EXPECT_NE(refusal(fixed, strength({7})).find("one guidance strength, 3"), std::string::npos);
    EXPECT_NE(refusal(fixed, strength({3, 7})).find("one guidance strength, 3"), std::string::npos);
    EXPECT_NE(refusal(fixed, strength({1})), "");
    EXPECT_EQ(refusal(fixed, strength({3})), "");
    EXPECT_EQ(refusal(fixed, interval(0.2, 0.8)), "");
    EXPECT_EQ(drawn(fixed, {}, team), drawn(fixed, strength({3}), team));
    EXPECT_NE(drawn(fixed, {}, team), drawn(fixed, interval(0.2, 0.8), team));
    const LoadedModel whole =
        model_of({"objective.guidance=fixed", "objective.omega=3", "objective.interval=false"}, team);
    EXPECT_NE(refusal(whole, interval(0.2, 0.8)).find("without guidance intervals"), std::string::npos);
    const LoadedModel dit =
        model_of({"model.name=dit", "objective.guidance=fixed", "objective.omega=3"}, team);
    EXPECT_NE(refusal(dit, interval(0.2, 0.8)), "");
}

TEST(Guidance, InputsAct) {
    Team team(1);
    const LoadedModel model = model_of({"objective.guidance=flexible"}, team);
    const std::vector<float> plain = drawn(model, {}, team);
    EXPECT_EQ(plain, drawn(model, strength({1}), team));
    EXPECT_NE(plain, drawn(model, strength({4}), team));
    EXPECT_NE(drawn(model, strength({4}), team), drawn(model, interval(0.2, 0.8, {4}), team));
    const auto mixed = drawn(model, strength({1, 4, 1, 4, 1, 4}), team),
               guided = drawn(model, strength({4}), team);
    const std::size_t each = plain.size() / 6;
    for (std::size_t i = 0; i < plain.size(); ++i)
        EXPECT_EQ(mixed[i], (i / each % 2 == 0 ? plain : guided)[i]);
    const LoadedModel whole = model_of({"objective.guidance=flexible", "objective.interval=false"}, team);
    EXPECT_NE(refusal(whole, interval(0.2, 0.8)), "");
    EXPECT_NE(refusal(model, strength({4}, "none")).find("no class to be guided to"), std::string::npos);
    const LoadedModel dit =
        model_of({"model.name=dit", "objective.name=mf", "objective.guidance=flexible"}, team);
    EXPECT_NE(refusal(dit, strength({4})).find("no input for the strength"), std::string::npos);
}

TEST(Guidance, FromOutsideWhereTheNetworkKnowsNone) {
    Team team(1);
    for (const char* objective : {"objective.name=fm", "objective.name=imf"}) {
        const LoadedModel model = model_of({objective}, team);
        const std::vector<float> plain = drawn(model, {}, team);
        EXPECT_NE(plain, drawn(model, strength({3}), team));
        EXPECT_NE(drawn(model, strength({3}), team), drawn(model, interval(0.2, 0.8, {3}), team));
        EXPECT_EQ(plain, drawn(model, interval(0.1, 0.2, {3}), team)) << "asked at 1, .75, .5 and .25 only";
        EXPECT_NE(refusal(model, interval(0.2, 0.8)).find("strength of 1"), std::string::npos);
        EXPECT_NE(refusal(model, strength({3}, "none")), "");
        const LoadedModel no_null = model_of({objective, "objective.class_dropout=0"}, team);
        EXPECT_NE(refusal(no_null, strength({3})).find("objective.class_dropout=0"), std::string::npos);
    }
}

TEST(Guidance, WhatWasNoInputInTrainingIsNeutral) {
    Team team(1);
    const LoadedModel fm = model_of({"objective.name=fm"}, team);
    const Condition outside = condition_of(fm, interval(0.2, 0.8, {3}), 0, 6);
    EXPECT_TRUE(outside.omega.empty() && outside.t_min.empty() && outside.t_max.empty());
    // Two passes that know nothing of the strength, put together by hand.
    const std::vector<float> noise = sampling_noise(0, 0, 6, fm.sample.shape.count());
    Pool pool;
    CpuDevice device(team);
    const Context context{device, pool};
    const auto pass = [&](std::int32_t label) {
        Condition condition;
        condition.labels = Tensor({6}, DType::i32);
        for (std::int32_t i = 0; i < 6; ++i)
            static_cast<std::int32_t*>(condition.labels.raw())[i] = label < 0 ? i % 3 : label;
        Tensor z({6, fm.sample.shape.count()}, DType::f32), one({6, 1}, DType::f32);
        std::copy(noise.begin(), noise.end(), z.f32());
        one.fill(1.0F);
        const Tensor u = fm.model->forward(context, z, one, one, condition, {}).u.value;
        return std::vector<float>(u.floats().begin(), u.floats().end());
    };
    const std::vector<float> own = pass(-1), null = pass(3), got = drawn(fm, strength({3}), team, 1);
    for (std::size_t i = 0; i < got.size(); ++i)
        EXPECT_NEAR(got[i], noise[i] - (null[i] + 3 * (own[i] - null[i])), 1e-4);
    const LoadedModel whole = model_of({"objective.guidance=flexible", "objective.interval=false"}, team);
    EXPECT_TRUE(condition_of(whole, strength({3}), 0, 6).t_min.empty());
}

TEST(Guidance, RemarksOnWhatWasNotTrained) {
    Team team(1);
    const LoadedModel model = model_of({"objective.guidance=flexible", "objective.omega_max=5"}, team);
    const auto remarks = [&](const LoadedModel& of, const GuidanceRequest& request,
                             std::vector<double> asked = {1}) {
        return guidance_remarks(of, request, asked).size();
    };
    EXPECT_EQ(remarks(model, strength({5})), 0U);
    EXPECT_EQ(remarks(model, strength({5.5})), 1U);
    EXPECT_EQ(remarks(model, strength({0.5})), 1U);
    EXPECT_EQ(remarks(model, interval(0.5, 0.5)), 0U);
    EXPECT_EQ(remarks(model, interval(0.6, 0.9)), 1U);
    EXPECT_EQ(remarks(model, interval(0.1, 0.4)), 1U);
    const LoadedModel fm = model_of({"objective.name=fm"}, team);
    EXPECT_EQ(remarks(fm, interval(0.3, 0.7, {2})), 1U) << "one step is asked at 1 alone";
    EXPECT_EQ(remarks(fm, interval(0.3, 0.7, {2}), {1, 0.5}), 0U);
    EXPECT_EQ(remarks(model_of({"objective.name=mf", "objective.guidance=mix"}, team), strength({2})), 1U);
}

TEST(Guidance, KeysOfARunAreTakenAsFarAsTheyAct) {
    Team team(1);
    const LoadedModel fixed =
        model_of({"objective.guidance=fixed", "objective.omega=3", "sample.omega=2"}, team);
    EXPECT_TRUE(acting_part(fixed, guidance_of_keys(fixed.settings, "sample")).omega.empty());
    const LoadedModel fm = model_of({"objective.name=fm", "sample.interval=0.2,0.8"}, team);
    EXPECT_EQ(refusal(fm, acting_part(fm, guidance_of_keys(fm.settings, "sample"))), "");
    const LoadedModel zero = model_of({"sample.omega=0"}, team);
    EXPECT_THROW(guidance_of_keys(zero.settings, "sample"), UsageError);
}

TEST(Guidance, LabelsThatGetNoSampleAreNamed) {
    Team team(1);
    const LoadedModel model = model_of({}, team);
    EXPECT_EQ(left_out_labels(model, "star,disc", 0, 2), "");
    EXPECT_NE(left_out_labels(model, "star,disc", 0, 1).find("disc is left out"), std::string::npos);
    EXPECT_NE(left_out_labels(model, "balanced", 0, 1).find("ring, star are left out"), std::string::npos);
    EXPECT_EQ(left_out_labels(model, "balanced", 0, 3), "");
    EXPECT_EQ(left_out_labels(model, "random", 0, 1), "");
    EXPECT_EQ(left_out_labels(model, "star,star,star", 0, 1), "");
}

}  // namespace
}  // namespace mf
