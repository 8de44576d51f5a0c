// SPDX-License-Identifier: MIT
// The classifier that judges images: it learns, its file says what it is, and nothing else is taken for one.
#include "judge/judge.hpp"

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "core/error.hpp"
#include "io/safetensors.hpp"
#include "models/classify.hpp"
#include "train/make_model.hpp"

namespace {

using namespace mf;
using test::Scratch;

/// Three kinds of shapes, gray, 16 x 16, and a classifier of 32 channels.
Settings small(const std::vector<std::pair<std::string, std::string>>& more = {}) {
    std::vector<ConfigItem> items;
    for (const auto& [key, value] :
         std::vector<std::pair<std::string, std::string>>{{"data.name", "shapes"},
                                                          {"data.size", "16"},
                                                          {"data.channels", "1"},
                                                          {"data.classes", "cross,disc,pill"},
                                                          {"classifier.hidden", "32"},
                                                          {"classifier.depth", "1"},
                                                          {"classifier.heads", "2"},
                                                          {"train.batch", "64"},
                                                          {"train.steps", "150"},
                                                          {"optim.lr", "5e-3"},
                                                          {"schedule.warmup", "10"}})
        items.push_back({key, value, ""});
    for (const auto& [key, value] : more) items.push_back({key, value, ""});
    return resolve_classifier(items);
}

std::vector<float> weights_after(int steps, int threads) {
    ClassifierTrainer trainer(small(), threads);
    for (int i = 0; i < steps; ++i) (void)trainer.step();
    const auto flat = trainer.classifier().params().flat();
    return {flat.begin(), flat.end()};
}

std::string message_of(const std::filesystem::path& path) {
    Team team(1);
    try {
        (void)load_judge(path, team);
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(ClassifierTrainer, LearnsShapes) {
    ClassifierTrainer trainer(small(), 2);
    EXPECT_EQ(trainer.data().training_count(), 0);
    const double before = trainer.held_accuracy(300);
    ClassifierReport report;
    while (trainer.steps_done() < trainer.steps_planned()) {
        report = trainer.step();
        ASSERT_FALSE(report.skipped);
    }
    EXPECT_LT(before, 0.6);
    EXPECT_GT(trainer.held_accuracy(1000), 0.85);
    EXPECT_LT(report.loss, 0.7);
    EXPECT_LT(report.rate, 1e-5);  // the cosine has come down
}

TEST(ClassifierTrainer, TheSameSeedAndThreadsGiveTheSameBits) {
    EXPECT_EQ(weights_after(3, 2), weights_after(3, 2));
    EXPECT_EQ(weights_after(3, 1), weights_after(3, 1));
}

TEST(Judge, ComesBackAsItWasSaved) {
    const Scratch scratch;
    ClassifierTrainer trainer(small(), 1);
    for (int i = 0; i < 3; ++i) (void)trainer.step();
    const double accuracy = trainer.held_accuracy(50);
    save_judge(scratch / "judge.safetensors", trainer, accuracy);
    Team team(1);
    const Judge judge = load_judge(scratch / "judge.safetensors", team);
    EXPECT_EQ(judge.step, 3);
    EXPECT_EQ(judge.sample.shape, (Shape{16, 16, 1}));
    EXPECT_EQ(judge.class_names.size(), 3U);
    EXPECT_NEAR(judge.accuracy, accuracy, 1e-4);
    EXPECT_TRUE(judge.settings == trainer.settings());
    trainer.classifier().params().repack(team, Precision::f32);
    std::vector<float> images(10 * 256);
    for (std::int64_t i = 0; i < 10; ++i) trainer.data().held(images.data() + 256 * i, nullptr, i);
    EXPECT_EQ(classify(*judge.classifier, images, team).logits,
              classify(trainer.classifier(), images, team).logits);

    ClassifierTrainer next(small(), 1), other(small({{"classifier.hidden", "16"}}), 1);
    start_from(next, judge);
    EXPECT_NEAR(next.held_accuracy(50), accuracy, 1e-9);
    EXPECT_THROW(start_from(other, judge), UsageError);

    check_fits(judge, kind_of(trainer.data().all()), judge.class_names, "these");
    check_fits(judge, {{16, 16, 1}, 0}, {}, "images without classes");
    EXPECT_THROW(check_fits(judge, {{32, 32, 3}, 3}, {}, "others"), UsageError);
    EXPECT_THROW(check_fits(judge, {{16, 16, 1}, 10}, {}, "others"), UsageError);
    EXPECT_THROW(check_fits(judge, {{16, 16, 1}, 3}, {"cat", "dog", "cow"}, "others"), UsageError);
    // The same classes in another order: labels go by name.
    EXPECT_TRUE(check_fits(judge, {{16, 16, 1}, 3}, judge.class_names, "these").empty());
    std::vector<std::string> moved = {judge.class_names[2], judge.class_names[0], judge.class_names[1]};
    EXPECT_EQ(check_fits(judge, {{16, 16, 1}, 3}, moved, "these"), (JudgeLabels{2, 0, 1}));
}

TEST(Judge, WhatIsNoJudgeIsNamed) {
    const Scratch scratch;
    ClassifierTrainer trainer(small(), 1);
    const auto path = scratch / "judge.safetensors";
    save_judge(path, trainer, 0.25);
    const TensorFile good = read_safetensors(path);
    EXPECT_EQ(message_of(path), "no error");
    EXPECT_NE(message_of(scratch / "none.safetensors").find("none.safetensors"), std::string::npos);

    const auto written = [&](auto change) {
        TensorFile file = good;
        change(file);
        write_safetensors(scratch / "bad.safetensors", file);
        return message_of(scratch / "bad.safetensors");
    };
    EXPECT_NE(written([](TensorFile& f) { f.metadata.clear(); }).find("is no judge"), std::string::npos);
    EXPECT_NE(
        written([](TensorFile& f) { f.metadata["format"] = "meanflow checkpoint 1"; }).find("is no judge"),
        std::string::npos);
    EXPECT_NE(written([](TensorFile& f) { f.tensors.erase("last.bias"); }).find("damaged"),
              std::string::npos);
    EXPECT_NE(written([](TensorFile& f) {
                  f.tensors.erase("last.bias");
                  f.metadata["checksum"] = checksum_of(f);
              }).find("has no tensor last.bias"),
              std::string::npos);
    EXPECT_NE(written([](TensorFile& f) { f.metadata["classes"] = "4"; }).find("tensor last.weight is"),
              std::string::npos);
    EXPECT_NE(written([](TensorFile& f) { f.metadata["classes"] = "many"; }).find("expected a number"),
              std::string::npos);
    EXPECT_NE(written([](TensorFile& f) { f.metadata["sample_shape"] = "16"; }).find("no images"),
              std::string::npos);
    EXPECT_NE(written([](TensorFile& f) { f.metadata["settings"] = "[]"; }).find("bad.safetensors"),
              std::string::npos);
}

}  // namespace
