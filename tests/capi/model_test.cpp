// SPDX-License-Identifier: MIT
// The C door to models: what it draws is what the C++ door draws, and what cannot be is refused in words.
#include "door/model.hpp"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include <nlohmann/json.hpp>

#include "capi/made.hpp"
#include "io/safetensors.hpp"
#include "io/scratch.hpp"
#include "models/vae_files.hpp"

namespace {

using namespace mf;
using namespace mf::test;

TEST(CModel, DrawsTheBitsOfTheCommandLineFromARun) {
    const Scratch scratch;
    const TrainingHandle training = points_training();
    ASSERT_EQ(mf_training_run(training.get(), -1, nullptr, nullptr, nullptr), MF_OK);
    const std::string run = scratch / "run";
    ASSERT_EQ(mf_training_save(training.get(), run.c_str(), nullptr), MF_OK);
    mf_model_options options = made(mf_model_options_init);
    options.threads = 2;
    options.weights = "online";
    mf_model* opened = nullptr;
    ASSERT_EQ(mf_model_open(run.c_str(), &options, &opened), MF_OK) << mf_last_error();
    const ModelHandle model(opened);
    mf_sample_options how = made(mf_sample_options_init);
    how.count = 100;
    how.seed = 5;
    how.steps = 2;
    const std::vector<float> out = drawn(model.get(), how, 2);

    SampleRequest request;
    request.count = 100;
    request.seed = 5;
    request.steps = 2;
    std::vector<float> same(200);
    door::Model(run, {.weights = "online"}, 2).sample(request, same);
    EXPECT_EQ(out, same);
    // The later half, by its numbers; and from noise that is the caller's.
    how.first = 50;
    how.count = 50;
    const std::vector<float> later = drawn(model.get(), how, 2);
    EXPECT_TRUE(std::equal(later.begin(), later.end(), out.begin() + 100));
    const std::vector<float> noise(100, 0.5F);
    how.noise = noise.data();
    const std::vector<float> from_noise = drawn(model.get(), how, 2);
    EXPECT_NE(from_noise, later);
    EXPECT_EQ(from_noise[0], from_noise[98]);

    const mf_model_info info = info_of(model);
    EXPECT_EQ(info.sample_rank, 1);
    EXPECT_EQ(info.sample_size, 2);
    EXPECT_EQ(info.picture_size, 0);
    EXPECT_EQ(info.step, 8);
    EXPECT_EQ(info.threads, 2);
    char* json = nullptr;
    ASSERT_EQ(mf_model_describe(model.get(), &json), MF_OK);
    const auto about = nlohmann::json::parse(Text(json).get());
    EXPECT_EQ(about["weights"], "online");
    EXPECT_EQ(about["parameters"], info.parameters);
}

TEST(CModel, TwoInTwoThreadsDrawWhatTheyDrawAlone) {
    const ModelHandle a = model_of(points_training("seed=1")), b = model_of(points_training("seed=2"));
    mf_sample_options how = made(mf_sample_options_init);
    how.count = 3000;
    how.steps = 4;
    const std::vector<float> of_a = drawn(a.get(), how, 2), of_b = drawn(b.get(), how, 2);
    EXPECT_NE(of_a, of_b);
    std::vector<std::thread> threads;
    std::array<std::vector<float>, 4> out;
    for (std::size_t i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            for (int again = 0; again < 4; ++again) out[i] = drawn(i % 2 == 0 ? a.get() : b.get(), how, 2);
            // What goes wrong here is not told there.
            EXPECT_STREQ(mf_last_error(), "");
            EXPECT_EQ(mf_sample(nullptr, &how, out[i].data(), 6000), MF_ERROR_USAGE);
            EXPECT_STREQ(mf_last_error(), "model is NULL");
        });
    for (std::thread& thread : threads) thread.join();
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(out[i], i % 2 == 0 ? of_a : of_b);
}

TEST(CModel, PicturesAreBytesAndLabelsAreClassesByNumber) {
    const ModelHandle model = model_of(images_training(8, 3));
    mf_sample_options how = made(mf_sample_options_init);
    how.count = 4;
    const std::vector<float> balanced = drawn(model.get(), how, 192);
    const std::int32_t numbers[] = {0, 1};
    how.label_numbers = numbers;
    how.label_count = 2;
    EXPECT_EQ(drawn(model.get(), how, 192), balanced);
    how.label_numbers = nullptr;
    how.label_count = 0;
    how.labels = "cat,7";
    EXPECT_EQ(drawn(model.get(), how, 192), balanced);
    std::vector<std::uint8_t> pictures(4 * 192), decoded(4 * 192), bytes(4 * 192);
    ASSERT_EQ(mf_sample_pictures(model.get(), &how, pictures.data(), pictures.size()), MF_OK);
    ASSERT_EQ(mf_decode(model.get(), balanced.data(), 4, decoded.data(), decoded.size(), nullptr), MF_OK);
    EXPECT_EQ(pictures, decoded);
    door::to_bytes(balanced, bytes);
    EXPECT_EQ(pictures, bytes);
    const mf_model_info info = info_of(model);
    EXPECT_EQ(info.sample_rank, 3);
    EXPECT_EQ(info.picture_size, 192);
    EXPECT_EQ(info.picture_shape[2], 3);
    EXPECT_EQ(info.classes, 2);

    // One strength for all, and the same for each.
    how.omega = 2.0;
    how.t_min = 0.2;
    how.t_max = 0.9;
    const std::vector<float> guided = drawn(model.get(), how, 192);
    const std::vector<double> omega(4, 2.0), begin(4, 0.2), end(4, 0.9);
    how.omega = how.t_min = how.t_max = std::nan("");
    how.omega_each = omega.data();
    how.t_min_each = begin.data();
    how.t_max_each = end.data();
    EXPECT_EQ(drawn(model.get(), how, 192), guided);
    how.omega = 2.0;
    std::vector<float> out(4 * 192);
    expect_failed(mf_sample(model.get(), &how, out.data(), out.size()), MF_ERROR_USAGE, "omega_each");
}

TEST(CModel, LatentsBecomePicturesByAnAutoencoder) {
    const Scratch scratch;
    const std::string path = scratch / "vae.safetensors";
    {
        Team team(1);
        SdVae vae(small_vae());
        fill_vae(vae, 9, team);
        write_safetensors(path, file_of(vae));
    }
    const ModelHandle model = model_of(images_training(8, 4));
    mf_sample_options how = made(mf_sample_options_init);
    how.count = 2;
    std::vector<std::uint8_t> small(2 * 256), pictures(2 * 32 * 32 * 3), decoded(pictures.size());
    expect_failed(mf_sample_pictures(model.get(), &how, small.data(), small.size()), MF_ERROR_USAGE,
                  "no pictures");
    EXPECT_NE(std::string(mf_last_hint()).find("autoencoder"), std::string::npos);
    mf_vae_options vae = made(mf_vae_options_init);
    expect_failed(mf_model_attach_vae(model.get(), &vae), MF_ERROR_USAGE, "path is NULL");
    vae.path = path.c_str();
    ASSERT_EQ(mf_model_attach_vae(model.get(), &vae), MF_OK) << mf_last_error();
    const mf_model_info info = info_of(model);
    EXPECT_EQ(info.has_vae, 1);
    EXPECT_EQ(info.picture_size, 32 * 32 * 3);
    expect_failed(mf_sample_pictures(model.get(), &how, small.data(), small.size()), MF_ERROR_USAGE, "room");
    ASSERT_EQ(mf_sample_pictures(model.get(), &how, pictures.data(), pictures.size()), MF_OK)
        << mf_last_error();
    const std::vector<float> latents = drawn(model.get(), how, 256);
    ASSERT_EQ(mf_decode(model.get(), latents.data(), 2, decoded.data(), decoded.size(), nullptr), MF_OK);
    EXPECT_EQ(pictures, decoded);
}

TEST(CModel, VelocityAndItsDerivativeAreTheEngines) {
    const ModelHandle model = model_of(points_training());
    const std::vector<float> z = {0.3F, -0.2F, 1.1F, 0.4F}, v = {1, 2, -1, 0.5F};
    const float r = 0.2F, t[] = {0.6F, 0.8F};
    mf_flow_options flow = made(mf_flow_options_init);
    flow.count = 2;
    flow.z = z.data();
    flow.r = &r;
    flow.r_count = 1;
    flow.t = t;
    flow.t_count = 2;
    std::vector<float> u(4), du(4), own(4), own_v(4), alone(4);
    ASSERT_EQ(mf_velocity(model.get(), &flow, alone.data(), nullptr, 4), MF_OK) << mf_last_error();
    ASSERT_EQ(mf_velocity(model.get(), &flow, u.data(), own.data(), 4), MF_OK);
    EXPECT_EQ(u, alone);
    ASSERT_EQ(mf_instantaneous(model.get(), &flow, own_v.data(), 4), MF_OK);
    flow.tangent = own_v.data();
    ASSERT_EQ(mf_velocity(model.get(), &flow, u.data(), du.data(), 4), MF_OK);
    EXPECT_EQ(du, own);
    flow.tangent = v.data();
    ASSERT_EQ(mf_velocity(model.get(), &flow, u.data(), du.data(), 4), MF_OK);
    constexpr float h = 1e-2F;
    std::vector<float> moved(4), ahead(4), behind(4);
    const auto at = [&](float sign, std::vector<float>& out) {
        for (std::size_t i = 0; i < 4; ++i) moved[i] = z[i] + sign * h * v[i];
        const float later[] = {t[0] + sign * h, t[1] + sign * h};
        mf_flow_options there = flow;
        there.z = moved.data();
        there.t = later;
        there.tangent = nullptr;
        ASSERT_EQ(mf_velocity(model.get(), &there, out.data(), nullptr, 4), MF_OK);
    };
    at(1, ahead);
    at(-1, behind);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(du[i], (ahead[i] - behind[i]) / (2 * h), 5e-4) << i;

    expect_failed(mf_velocity(model.get(), &flow, u.data(), nullptr, 4), MF_ERROR_USAGE, "tangent");
    expect_failed(mf_velocity(model.get(), &flow, u.data(), du.data(), 3), MF_ERROR_USAGE,
                  "u has room for 3");
    flow.t_count = 3;
    expect_failed(mf_velocity(model.get(), &flow, u.data(), du.data(), 4), MF_ERROR_USAGE, "3 times");
    flow.t_count = 2;
    flow.r = nullptr;
    expect_failed(mf_velocity(model.get(), &flow, u.data(), du.data(), 4), MF_ERROR_USAGE, "r is NULL");
    flow.count = SIZE_MAX / 2;
    expect_failed(mf_instantaneous(model.get(), &flow, u.data(), 4), MF_ERROR_USAGE, "room");
}

/// Draws for as long as it takes.
mf_status draw_for_long(const ModelHandle& model, mf_sample_options how) {
    how.count = 20000;
    how.steps = 100000;
    std::vector<float> out(40000);
    return mf_sample(model.get(), &how, out.data(), out.size());
}

TEST(CModel, AnotherThreadOrACallbackEndsALongCall) {
    const ModelHandle model = model_of(points_training());
    mf_cancel* made_cancel = nullptr;
    ASSERT_EQ(mf_cancel_new(&made_cancel), MF_OK);
    const CancelHandle cancel(made_cancel);
    mf_sample_options how = made(mf_sample_options_init);
    how.cancel = cancel.get();
    std::thread other([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        EXPECT_EQ(mf_cancel_request(cancel.get()), MF_OK);
    });
    expect_failed(draw_for_long(model, how), MF_ERROR_STOPPED, "stopped");
    other.join();
    std::array<float, 2> out{};
    EXPECT_EQ(mf_sample(model.get(), &how, out.data(), 2), MF_ERROR_STOPPED);
    ASSERT_EQ(mf_cancel_reset(cancel.get()), MF_OK);
    EXPECT_EQ(mf_sample(model.get(), &how, out.data(), 2), MF_OK);

    struct Seen {
        std::int64_t last = 0, stop_at = 0;
    } seen;
    how.count = 100000;
    how.user = &seen;
    how.progress = [](std::int64_t done, std::int64_t all, void* user) {
        auto& mine = *static_cast<Seen*>(user);
        EXPECT_GT(done, mine.last);
        EXPECT_EQ(all, 100000);
        mine.last = done;
        return done >= mine.stop_at ? 1 : 0;
    };
    std::vector<float> much(200000);
    EXPECT_EQ(mf_sample(model.get(), &how, much.data(), much.size()), MF_ERROR_STOPPED);
    EXPECT_LT(seen.last, 100000);
    seen = {.last = 0, .stop_at = 1000000};
    EXPECT_EQ(mf_sample(model.get(), &how, much.data(), much.size()), MF_OK);
    EXPECT_EQ(seen.last, 100000);
}

TEST(CModel, CallbacksMayNeitherCallTheirHandleNorThrow) {
    const ModelHandle model = model_of(points_training()), other = model_of(points_training("seed=2"));
    struct Pair {
        const mf_model *own, *other;
        mf_status of_own = MF_OK, of_other = MF_ERROR;
    } pair{model.get(), other.get()};
    mf_sample_options how = made(mf_sample_options_init);
    how.user = &pair;
    how.progress = [](std::int64_t, std::int64_t, void* user) {
        auto& mine = *static_cast<Pair*>(user);
        std::array<float, 2> out{};
        mine.of_other = mf_sample(mine.other, nullptr, out.data(), 2);
        mine.of_own = mf_sample(mine.own, nullptr, out.data(), 2);
        return 0;
    };
    std::array<float, 2> out{};
    EXPECT_EQ(mf_sample(model.get(), &how, out.data(), 2), MF_OK);
    EXPECT_EQ(pair.of_own, MF_ERROR_USAGE);
    EXPECT_EQ(pair.of_other, MF_OK);
    how.progress = [](std::int64_t, std::int64_t, void*) -> int {
        throw std::runtime_error("of a callback");
    };
    expect_failed(mf_sample(model.get(), &how, out.data(), 2), MF_ERROR, "of a callback");
    how.progress = [](std::int64_t, std::int64_t, void*) -> int { throw 3; };
    expect_failed(mf_sample(model.get(), &how, out.data(), 2), MF_ERROR, "callback");
    how.progress = nullptr;
    EXPECT_EQ(mf_sample(model.get(), &how, out.data(), 2), MF_OK);
}

TEST(CModel, WhatCannotBeAskedForIsRefused) {
    const ModelHandle model = model_of(points_training());
    std::array<float, 4> out{};
    const auto refused = [&](auto change, const std::string& part) {
        mf_sample_options how = made(mf_sample_options_init);
        change(how);
        expect_failed(mf_sample(model.get(), &how, out.data(), out.size()), MF_ERROR_USAGE, part);
    };
    const std::int32_t label = 0;
    const double one_time = 1;
    refused([](auto& how) { how.count = 0; }, "count is 0");
    refused([](auto& how) { how.count = -3; }, "count is -3");
    refused([](auto& how) { how.count = 3; }, "room for 4");
    refused([](auto& how) { how.count = INT64_MAX; }, "room for 4");
    refused([](auto& how) { how.steps = 0; }, "steps is 0");
    refused([](auto& how) { how.first = -1; }, "first is -1");
    refused([](auto& how) { how.solver = "leap"; }, "leap");
    refused([](auto& how) { how.times_count = 2; }, "times is NULL");
    refused([&](auto& how) { how.times = &one_time, how.times_count = 1; }, "times has 1");
    refused([](auto& how) { how.label_count = 1; }, "label_numbers is NULL");
    refused([&](auto& how) { how.label_numbers = &label, how.label_count = 1; }, "0 classes");
    refused([&](auto& how) { how.label_numbers = &label, how.labels = "none"; }, "one of the two");
    refused([](auto& how) { how.omega = 3; }, "no classes");

    mf_model* opened = nullptr;
    expect_failed(mf_model_open("/nothing/here", nullptr, &opened), MF_ERROR, "/nothing/here");
    mf_model_options options = made(mf_model_options_init);
    options.precision = "f12";
    expect_failed(mf_model_open("x", &options, &opened), MF_ERROR_USAGE, "f12");
    options = made(mf_model_options_init);
    options.threads = -1;
    expect_failed(mf_model_open("x", &options, &opened), MF_ERROR_USAGE, "threads is -1");
    EXPECT_EQ(opened, nullptr);
}

}  // namespace
