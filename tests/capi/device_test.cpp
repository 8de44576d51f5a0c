// SPDX-License-Identifier: MIT
// Devices through the C door: the list, models and trainings on OpenCL beside those of the CPU, and programs that were
// compiled before there were devices.
#include <cstddef>

#include <nlohmann/json.hpp>

#include "capi/made.hpp"
#include "cli/program.hpp"
#include "ops/gpu/opencl_here.hpp"

namespace {

using namespace mf;
using namespace mf::test;

mf_model* opened(const std::string& run, const char* device) {
    mf_model_options options = made(mf_model_options_init);
    options.threads = 2;
    options.device = device;
    mf_model* out = nullptr;
    EXPECT_EQ(mf_model_open(run.c_str(), &options, &out), MF_OK) << mf_last_error();
    return out;
}

nlohmann::json about(const mf_model* model) {
    char* text = nullptr;
    EXPECT_EQ(mf_model_describe(model, &text), MF_OK);
    return nlohmann::json::parse(Text(text).get());
}

void expect_near(const std::vector<float>& a, const std::vector<float>& b, float tolerance) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], tolerance) << i;
}

TEST(CDevices, TheListBeginsWithTheCpu) {
    char* text = nullptr;
    ASSERT_EQ(mf_devices(&text), MF_OK);
    const auto json = nlohmann::json::parse(Text(text).get());
    ASSERT_FALSE(json.at("devices").empty());
    EXPECT_EQ(json.at("devices")[0].at("name"), "cpu");
    EXPECT_EQ(json.at("devices")[0].at("memory"), 0);
    EXPECT_EQ(mf_devices(nullptr), MF_ERROR_USAGE);
}

TEST(CDevices, ProgramsFromBeforeThereWereDevicesComputeOnTheCpu) {
    const Scratch scratch;
    const TrainingHandle training = points_training();
    const std::string run = (scratch / "run").string();
    ASSERT_EQ(mf_training_save(training.get(), run.c_str(), nullptr), MF_OK) << mf_last_error();
    mf_model_options options = made(mf_model_options_init);
    options.size = offsetof(mf_model_options, device);
    options.device = "nonsense behind the end of an older struct";
    mf_model* model = nullptr;
    ASSERT_EQ(mf_model_open(run.c_str(), &options, &model), MF_OK) << mf_last_error();
    EXPECT_EQ(about(ModelHandle(model).get()).at("device"), "cpu");

    options.size = sizeof options;
    model = nullptr;
    EXPECT_EQ(mf_model_open(run.c_str(), &options, &model), MF_ERROR_USAGE);
    EXPECT_NE(std::string(mf_last_error()).find("there is no device"), std::string::npos);
    mf_training_options how = made(mf_training_options_init);
    how.device = "gpu";
    mf_training* none = nullptr;
    EXPECT_EQ(mf_training_new(&how, &none), MF_ERROR_USAGE);
}

TEST(CDevices, ModelsOnOpenClComputeWhatTheCpuComputes) {
    if (no_opencl()) return;
    const Scratch scratch;
    const TrainingHandle training = points_training();
    ASSERT_EQ(mf_training_run(training.get(), 4, nullptr, nullptr, nullptr), MF_OK);
    const std::string run = (scratch / "run").string();
    ASSERT_EQ(mf_training_save(training.get(), run.c_str(), nullptr), MF_OK);
    const ModelHandle here(opened(run, "cpu")), there(opened(run, "opencl"));
    EXPECT_EQ(about(here.get()).at("device"), "cpu");
    EXPECT_EQ(about(there.get()).at("device"), "opencl:0");

    constexpr std::size_t rows = 5;
    const std::vector<float> z = {0.1F, -0.4F, 1.2F, 0.7F, -1.5F, 0.2F, 0.0F, 0.9F, 2.0F, -2.0F};
    const std::vector<float> t = {1.0F, 0.9F, 0.5F, 0.7F, 0.3F}, r = {0.0F, 0.2F, 0.5F, 0.1F, 0.3F};
    std::vector<std::vector<float>> u, du_dt, v, samples;
    for (const mf_model* model : {here.get(), there.get()}) {
        mf_flow_options flow = made(mf_flow_options_init);
        flow.count = flow.r_count = flow.t_count = rows;
        flow.z = z.data();
        flow.r = r.data();
        flow.t = t.data();
        u.emplace_back(z.size());
        du_dt.emplace_back(z.size());
        v.emplace_back(z.size());
        ASSERT_EQ(mf_velocity(model, &flow, u.back().data(), du_dt.back().data(), z.size()), MF_OK)
            << mf_last_error();
        ASSERT_EQ(mf_instantaneous(model, &flow, v.back().data(), z.size()), MF_OK) << mf_last_error();
        mf_sample_options sample = made(mf_sample_options_init);
        sample.count = 20;
        sample.steps = 2;
        samples.emplace_back(40);
        ASSERT_EQ(mf_sample(model, &sample, samples.back().data(), 40), MF_OK) << mf_last_error();
    }
    expect_near(u[0], u[1], 1e-5F);
    expect_near(du_dt[0], du_dt[1], 1e-4F);
    expect_near(v[0], v[1], 1e-5F);
    expect_near(samples[0], samples[1], 1e-4F);
}

TEST(CDevices, ATrainingOnOpenClGoesOnAnywhere) {
    if (no_opencl()) return;
    const Scratch scratch;
    const std::vector<const char*> keys = {"data.name=moons", "model.width=16", "train.batch=64",
                                           "train.steps=8"};
    mf_training_options options = made(mf_training_options_init);
    options.settings = keys.data();
    options.settings_count = keys.size();
    options.threads = 2;
    options.device = "opencl";
    mf_training* raw = nullptr;
    ASSERT_EQ(mf_training_new(&options, &raw), MF_OK) << mf_last_error();
    const TrainingHandle there(raw);
    ASSERT_EQ(mf_training_run(there.get(), 2, nullptr, nullptr, nullptr), MF_OK) << mf_last_error();
    const std::string run = (scratch / "run").string();
    ASSERT_EQ(mf_training_save(there.get(), run.c_str(), nullptr), MF_OK) << mf_last_error();
    ASSERT_EQ(mf_training_close(there.get()), MF_OK);
    EXPECT_EQ(about(model_of(there).get()).at("device"),
              "opencl:0");  // beside the trainer, on a device of its own

    mf_training_options on = made(mf_training_options_init);
    on.threads = 2;
    ASSERT_EQ(mf_training_resume(run.c_str(), -1, &on, &raw), MF_OK) << mf_last_error();
    const TrainingHandle here(raw);
    for (int step = 3; step <= 4; ++step) {
        mf_step_report a = made(mf_step_report_init), b = made(mf_step_report_init);
        ASSERT_EQ(mf_training_step(here.get(), &a), MF_OK) << mf_last_error();
        ASSERT_EQ(mf_training_step(there.get(), &b), MF_OK) << mf_last_error();
        EXPECT_EQ(a.step, step);
        EXPECT_NEAR(a.loss, b.loss, 1e-4 * std::abs(b.loss));
    }
}

}  // namespace
