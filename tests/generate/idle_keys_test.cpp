// SPDX-License-Identifier: MIT
// Keys that have no effect beside the others are named when a run begins.
#include "generate/idle_keys.hpp"

#include <gtest/gtest.h>

#include "train/build_info.hpp"
#include "train/config.hpp"
#include "train/make_model.hpp"

namespace mf {
namespace {

std::vector<std::string> lines_of(std::vector<ConfigItem> items, const std::vector<std::string>& words,
                                  const SampleKind* kind = nullptr) {
    for (const std::string& word : words) items.push_back(parse_override(word));
    const Settings settings = resolve(items);
    const SampleKind sample = kind != nullptr ? *kind : kind_of(*make_dataset(settings));
    return idle_keys(settings, sample, *make_model(settings, sample));
}

using Words = std::vector<std::string>;

std::string only_line(const std::vector<std::string>& words) {
    const std::vector<std::string> lines = lines_of({}, words);
    EXPECT_EQ(lines.size(), 1U) << (words.empty() ? "" : words.back());
    return lines.empty() ? "" : lines[0];
}

const std::vector<std::string> kImages = {"data.name=shapes", "data.size=8",        "model.name=mit",
                                          "model.hidden=32",  "model.depth=2",      "model.heads=2",
                                          "model.patch=4",    "model.head_depth=1", "objective.name=imf"};
std::string image_line(std::vector<std::string> words) {
    words.insert(words.begin(), kImages.begin(), kImages.end());
    return only_line(words);
}

TEST(IdleKeys, ConfigurationsThatAreBuiltInHaveNone) {
    for (const EmbeddedFile& file : embedded_configs()) {
        const std::vector<ConfigItem> items = read_config(std::string(file.name));
        const Settings settings = resolve(items);
        // Folders of pictures are not here; what matters of them is that they have classes.
        const bool gray = settings.has("data.channels") && settings.text("data.name") != "noise" &&
                          settings.text("data.channels") == "1";
        const std::int64_t channels = gray ? 1 : 3;
        const std::int64_t side =
            settings.has("data.size") ? std::max<std::int64_t>(settings.integer("data.size"), 8) : 8;
        const SampleKind pictures{{side, side, channels}, 10};
        const Words smaller = settings.has("model.size") ? Words{"model.size=T"} : Words{};
        EXPECT_EQ(lines_of(items, smaller, settings.has("data.path") ? &pictures : nullptr),
                  std::vector<std::string>{})
            << file.name;
    }
}

TEST(IdleKeys, DefaultsAreNoWish) {
    EXPECT_TRUE(lines_of({}, {}).empty());
    EXPECT_TRUE(
        lines_of({}, {"loss.c=0.001", "loss.p=1.0", "ema.warmup=no", "sample.interval=0.0,1"}).empty());
}

TEST(IdleKeys, OfTraining) {
    EXPECT_EQ(only_line({"loss.p=0.5"}), "loss.p=0.5 has no effect: loss.weight=none");
    EXPECT_NE(only_line({"times.mean=1"}).find("times.name=uniform"), std::string::npos);
    EXPECT_NE(only_line({"times.single_equal=true"}).find("times.equal_share=0"), std::string::npos);
    EXPECT_NE(only_line({"objective.name=fm", "times.equal_share=0.5"}).find("one time a row"),
              std::string::npos);
    EXPECT_NE(only_line({"schedule.floor=0.1"}).find("schedule.cooldown"), std::string::npos);
    EXPECT_NE(only_line({"ema.warmup=true"}).find("ema.decays"), std::string::npos);
    EXPECT_NE(only_line({"objective.references=64"}).find("objective.target=sample"), std::string::npos);
    EXPECT_NE(only_line({"model.v_head=true"}).find("objective.tangent=head"), std::string::npos);
    EXPECT_NE(only_line({"train.recompute=true"}).find("model.name=mlp"), std::string::npos);
    EXPECT_TRUE(lines_of({}, {"loss.weight=adaptive", "loss.p=0.5"}).empty());
    EXPECT_TRUE(lines_of({}, {"schedule.floor=0.1", "schedule.cooldown=10"}).empty());
}

TEST(IdleKeys, OfGuidance) {
    EXPECT_NE(only_line({"objective.guidance=flexible"}).find("no classes"), std::string::npos);
    EXPECT_NE(only_line({"objective.class_dropout=0.2"}).find("no classes"), std::string::npos);
    EXPECT_NE(image_line({"objective.omega=3"}).find("fixed or mix"), std::string::npos);
    EXPECT_NE(image_line({"objective.guidance=fixed", "objective.omega_max=3"}).find("flexible"),
              std::string::npos);
    EXPECT_NE(image_line({"objective.guidance=flexible", "objective.kappa=0.5"}).find("mix"),
              std::string::npos);
    EXPECT_NE(image_line({"objective.guidance=mix", "objective.interval=false"}).find("flexible or fixed"),
              std::string::npos);
    EXPECT_NE(image_line({"objective.class_dropout=0", "objective.drop=random"}).find("class_dropout=0"),
              std::string::npos);
}

TEST(IdleKeys, OfPicturesAndEvaluations) {
    EXPECT_NE(only_line({"sample.steps=4"}).find("sample.every=0"), std::string::npos);
    EXPECT_NE(only_line({"evaluate.steps=4"}).find("evaluate.every=0"), std::string::npos);
    EXPECT_NE(only_line({"diagnose.count=64"}).find("diagnose.every=0"), std::string::npos);
    EXPECT_NE(only_line({"evaluate.every=5", "evaluate.judge=j.safetensors"}).find("for images"),
              std::string::npos);
    EXPECT_NE(image_line({"evaluate.every=5", "evaluate.count=50"}).find("evaluate.images"),
              std::string::npos);
    EXPECT_NE(
        image_line({"objective.guidance=fixed", "objective.omega=2", "sample.every=5", "sample.omega=3"})
            .find("one strength, 2"),
        std::string::npos);
    EXPECT_NE(
        image_line({"objective.guidance=flexible", "sample.every=5", "sample.omega=9"}).find("omega_max=8"),
        std::string::npos);
    EXPECT_NE(image_line({"objective.guidance=flexible", "evaluate.every=5", "evaluate.interval=0.7,0.9"})
                  .find("[0, 0.5]"),
              std::string::npos);
    EXPECT_NE(image_line({"sample.every=5", "sample.interval=0.2,0.8"}).find("is no guidance"),
              std::string::npos);
    EXPECT_TRUE(lines_of({}, {"sample.every=5", "sample.steps=4"}).empty());
}

}  // namespace
}  // namespace mf
