// SPDX-License-Identifier: MIT
// The C door to training: the bits of the C++ one, reports, ends and folders.
#include "door/training.hpp"

#include <chrono>
#include <thread>

#include <nlohmann/json.hpp>

#include "capi/made.hpp"
#include "io/scratch.hpp"

namespace {

using namespace mf;
using namespace mf::test;

mf_training_info info_of(const TrainingHandle& training) {
    mf_training_info info = made(mf_training_info_init);
    EXPECT_EQ(mf_training_get_info(training.get(), &info), MF_OK);
    return info;
}

std::vector<float> samples_of(const TrainingHandle& training) {
    mf_sample_options how = made(mf_sample_options_init);
    how.count = 20;
    return drawn(model_of(training).get(), how, 2);
}

TEST(CTraining, StepsAreThoseOfTheCppDoor) {
    const TrainingHandle training = points_training();
    mf_step_report report = made(mf_step_report_init);
    ASSERT_EQ(mf_training_step(training.get(), &report), MF_OK);
    EXPECT_EQ(report.step, 1);
    EXPECT_EQ(report.skipped, 0);
    std::vector<mf_step_report> reports;
    ASSERT_EQ(mf_training_run(
                  training.get(), 3,
                  [](const mf_step_report* one, void* user) {
                      static_cast<std::vector<mf_step_report>*>(user)->push_back(*one);
                      return 0;
                  },
                  &reports, nullptr),
              MF_OK);
    ASSERT_EQ(mf_training_step(training.get(), nullptr), MF_OK);
    ASSERT_EQ(mf_training_run(training.get(), -1, nullptr, nullptr, nullptr), MF_OK);
    EXPECT_EQ(info_of(training).done, 8);
    EXPECT_EQ(info_of(training).planned, 8);
    EXPECT_EQ(mf_training_run(training.get(), -1, nullptr, nullptr, nullptr), MF_OK);
    expect_failed(mf_training_step(training.get(), nullptr), MF_ERROR_USAGE, "all 8 steps are done");

    door::Training same({.config = "",
                         .items = {{"seed", "1", ""},
                                   {"data.name", "moons", ""},
                                   {"model.width", "16", ""},
                                   {"train.batch", "64", ""},
                                   {"train.steps", "8", ""}},
                         .threads = 2,
                         .data = std::nullopt});
    EXPECT_EQ(same.step().loss, report.loss);
    ASSERT_EQ(reports.size(), 3U);
    for (const mf_step_report& one : reports) {
        const StepReport there = same.step();
        EXPECT_EQ(one.loss, there.loss);
        EXPECT_EQ(one.gradient_norm, there.gradient_norm);
        EXPECT_EQ(one.step, there.step);
        EXPECT_EQ(one.size, sizeof one);
    }
}

TEST(CTraining, EndsWhenItIsAskedToAndGoesOn) {
    const TrainingHandle training = points_training(), whole = points_training();
    ASSERT_EQ(mf_training_run(whole.get(), -1, nullptr, nullptr, nullptr), MF_OK);
    EXPECT_EQ(
        mf_training_run(
            training.get(), -1, [](const mf_step_report* report, void*) { return report->step == 3 ? 1 : 0; },
            nullptr, nullptr),
        MF_ERROR_STOPPED);
    EXPECT_EQ(info_of(training).done, 3);
    mf_cancel* made_cancel = nullptr;
    ASSERT_EQ(mf_cancel_new(&made_cancel), MF_OK);
    const CancelHandle cancel(made_cancel);
    mf_cancel_request(cancel.get());
    EXPECT_EQ(mf_training_run(training.get(), -1, nullptr, nullptr, cancel.get()), MF_ERROR_STOPPED);
    EXPECT_EQ(info_of(training).done, 3);
    mf_cancel_reset(cancel.get());
    EXPECT_EQ(mf_training_run(training.get(), -1, nullptr, nullptr, cancel.get()), MF_OK);
    EXPECT_EQ(samples_of(training), samples_of(whole));

    // From another thread, in the middle.
    const TrainingHandle endless =
        begin({"data.name=moons", "model.width=16", "train.steps=10000000"}, nullptr);
    std::thread other([&] {
        while (info_of(endless).done < 2) std::this_thread::yield();
        mf_cancel_request(cancel.get());
    });
    EXPECT_EQ(mf_training_run(endless.get(), -1, nullptr, nullptr, cancel.get()), MF_ERROR_STOPPED);
    other.join();
    EXPECT_GE(info_of(endless).done, 2);
}

TEST(CTraining, GoesOnFromItsFolder) {
    const Scratch scratch;
    const std::string run = scratch / "run";
    const TrainingHandle whole = points_training();
    ASSERT_EQ(mf_training_run(whole.get(), -1, nullptr, nullptr, nullptr), MF_OK);
    {
        // The callback of a run may save.
        struct Mine {
            mf_training* training;
            const char* run;
            std::string path;
        };
        const TrainingHandle first = points_training();
        Mine mine{first.get(), run.c_str(), {}};
        ASSERT_EQ(mf_training_run(
                      first.get(), 4,
                      [](const mf_step_report* report, void* user) {
                          auto& it = *static_cast<Mine*>(user);
                          char* path = nullptr;
                          if (report->step != 3) return 0;
                          EXPECT_EQ(mf_training_save(it.training, it.run, &path), MF_OK) << mf_last_error();
                          it.path = Text(path).get();
                          return 0;
                      },
                      &mine, nullptr),
                  MF_OK);
        EXPECT_TRUE(std::filesystem::exists(mine.path)) << mine.path;
        const TrainingHandle another = points_training();
        EXPECT_EQ(mf_training_save(another.get(), run.c_str(), nullptr), MF_ERROR_USAGE);
        EXPECT_EQ(mf_training_close(first.get()), MF_OK);
    }
    mf_training_options options = made(mf_training_options_init);
    options.threads = 2;
    mf_training* resumed = nullptr;
    ASSERT_EQ(mf_training_resume(run.c_str(), -1, &options, &resumed), MF_OK) << mf_last_error();
    const TrainingHandle second(resumed);
    EXPECT_EQ(info_of(second).done, 3);
    ASSERT_EQ(mf_training_run(second.get(), -1, nullptr, nullptr, nullptr), MF_OK);
    EXPECT_EQ(samples_of(second), samples_of(whole));
    options.config = "toy/imf";
    expect_failed(mf_training_resume(run.c_str(), -1, &options, &resumed), MF_ERROR_USAGE, "config");
    expect_failed(mf_training_resume((scratch / "none").c_str(), -1, nullptr, &resumed), MF_ERROR, "no run");
}

TEST(CTraining, SaysWhatItIsAndWhatHasNoEffect) {
    std::vector<std::string> lines;
    mf_training_options options = made(mf_training_options_init);
    const char* settings[] = {"data.name=moons", "model.width=16", "save.every=7"};
    options.settings = settings;
    options.settings_count = 3;
    options.threads = 1;
    options.user = &lines;
    options.log = [](const char* line, void* user) {
        static_cast<std::vector<std::string>*>(user)->emplace_back(line);
    };
    mf_training* out = nullptr;
    ASSERT_EQ(mf_training_new(&options, &out), MF_OK) << mf_last_error();
    const TrainingHandle training(out);
    char* json = nullptr;
    ASSERT_EQ(mf_training_describe(training.get(), &json), MF_OK);
    const auto about = nlohmann::json::parse(Text(json).get());
    EXPECT_EQ(about["settings"]["model.width"], "16");
    EXPECT_EQ(about["remarks"], nlohmann::json(lines));
    ASSERT_FALSE(lines.empty());
    EXPECT_NE(lines.back().find("save.every"), std::string::npos);
}

TEST(CTraining, WhatCannotBeIsRefused) {
    mf_training* out = nullptr;
    const auto refused = [&](std::vector<const char*> settings, const mf_arrays* data, mf_status status,
                             const std::string& part) {
        mf_training_options options = made(mf_training_options_init);
        options.settings = settings.data();
        options.settings_count = settings.size();
        options.data = data;
        expect_failed(mf_training_new(&options, &out), status, part);
    };
    refused({"model.widht=3"}, nullptr, MF_ERROR_USAGE, "model.widht");
    refused({"model.width"}, nullptr, MF_ERROR_USAGE, "model.width");
    refused({nullptr}, nullptr, MF_ERROR_USAGE, "settings[0] is NULL");
    refused({"data.name=idx", "data.path=/nothing"}, nullptr, MF_ERROR, "/nothing");
    const std::vector<float> points(8);
    const std::vector<std::uint8_t> bytes(8);
    mf_arrays data = made(mf_arrays_init);
    refused({}, &data, MF_ERROR_USAGE, "either bytes or floats");
    data.floats = points.data();
    refused({}, &data, MF_ERROR_USAGE, "rank is 0");
    data.rank = 1;
    refused({}, &data, MF_ERROR_USAGE, "count is 0");
    data.count = 4;
    refused({}, &data, MF_ERROR_USAGE, "shape[0] is 0");
    data.shape[0] = INT64_MAX / 2;
    refused({}, &data, MF_ERROR_USAGE, "shape[0]");
    data.shape[0] = 2;
    data.bytes = bytes.data();
    refused({}, &data, MF_ERROR_USAGE, "either bytes or floats");
    data.bytes = nullptr;
    refused({"data.name=moons"}, &data, MF_ERROR_USAGE, "data.name");
    data.class_count = 1;
    refused({}, &data, MF_ERROR_USAGE, "class_names is NULL");
    mf_training_options options = made(mf_training_options_init);
    options.config = "no/such";
    expect_failed(mf_training_new(&options, &out), MF_ERROR, "no/such");
    EXPECT_EQ(out, nullptr);

    const TrainingHandle training = points_training();
    mf_model_options how = made(mf_model_options_init);
    mf_model* model = nullptr;
    how.threads = 1;
    expect_failed(mf_training_model(training.get(), &how, &model), MF_ERROR_USAGE, "threads");
    how.threads = 0;
    how.weights = "ema_0.5";
    expect_failed(mf_training_model(training.get(), &how, &model), MF_ERROR_USAGE, "ema_0.5");
    EXPECT_EQ(model, nullptr);
}

}  // namespace
