// SPDX-License-Identifier: MIT
#include "door/model.hpp"

#include <cmath>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/program.hpp"
#include "core/error.hpp"
#include "io/safetensors.hpp"
#include "models/vae_files.hpp"
#include "train/config.hpp"

namespace {

using namespace mf;
using door::Model;

Model small_model(std::uint64_t seed, int threads,
                  std::vector<ConfigItem> items = {{"model.width", "16", ""}}) {
    items.push_back({"seed", std::to_string(seed), ""});
    Team team(1);
    return {initial_model(resolve(items), team), Precision::f32, threads};
}

std::vector<float> draw(const Model& model, std::int64_t count, int steps) {
    SampleRequest request;
    request.count = count;
    request.steps = steps;
    std::vector<float> out(static_cast<std::size_t>(count) * 2);
    model.sample(request, out);
    return out;
}

TEST(DoorModel, TwoInTwoThreadsAndOneInTwoThreadsDrawWhatTheyDrawAlone) {
    const Model a = small_model(1, 2), b = small_model(2, 2);
    const std::vector<float> of_a = draw(a, 3000, 4), of_b = draw(b, 3000, 4);
    std::vector<std::thread> threads;
    std::array<std::vector<float>, 4> drawn;
    for (std::size_t i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            for (int again = 0; again < 5; ++again) drawn[i] = draw(i % 2 == 0 ? a : b, 3000, 4);
        });
    for (std::thread& thread : threads) thread.join();
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(drawn[i], i % 2 == 0 ? of_a : of_b);
}

TEST(DoorModel, ChildOfForkDrawsTheSameAndEnds) {
    const Model model = small_model(1, 3);
    const std::vector<float> before = draw(model, 3000, 2);
    const pid_t child = ::fork();
    if (child == 0) {
        ::alarm(20);
        const bool same = draw(model, 3000, 2) == before;
        { const Model other = small_model(1, 3); }
        ::_exit(same ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(draw(model, 3000, 2), before);
}

TEST(DoorModel, DerivativeIsThatOfDifferences) {
    const Model model = small_model(3, 2);
    const std::vector<float> z = {0.3F, -0.2F, 1.1F, 0.4F}, r = {0.2F}, t = {0.6F, 0.8F},
                             v = {1, 2, -1, 0.5F};
    const door::Flow flow = model.velocity({.z = z, .r = r, .t = t, .tangent = v, .guidance = {}}, true);
    constexpr float h = 1e-2F;
    const auto at = [&](float sign) {
        std::vector<float> moved = z, later = t;
        for (std::size_t i = 0; i < z.size(); ++i) moved[i] += sign * h * v[i];
        for (float& one : later) one += sign * h;
        return model.velocity({.z = moved, .r = r, .t = later, .tangent = {}, .guidance = {}}, false).u;
    };
    const std::vector<float> ahead = at(1), behind = at(-1);
    float largest = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
        EXPECT_NEAR(flow.du_dt[i], (ahead[i] - behind[i]) / (2 * h), 2e-4) << i;
        largest = std::max(largest, std::abs(flow.du_dt[i]));
    }
    EXPECT_GT(largest, 5e-3F);
    // The own velocity is the tangent where none is given.
    const std::vector<float> own =
        model.instantaneous({.z = z, .r = {}, .t = t, .tangent = {}, .guidance = {}});
    EXPECT_EQ(model.velocity({.z = z, .r = r, .t = t, .tangent = {}, .guidance = {}}, true).du_dt,
              model.velocity({.z = z, .r = r, .t = t, .tangent = own, .guidance = {}}, true).du_dt);
    EXPECT_EQ(flow.u, model.velocity({.z = z, .r = r, .t = t, .tangent = {}, .guidance = {}}, false).u);
}

TEST(DoorModel, WhatCannotBeAskedForIsRefused) {
    const Model model = small_model(1, 1);
    const std::vector<float> z(4), three(3), one(1), bad{std::nanf("")};
    EXPECT_THROW(model.velocity({.z = three, .r = one, .t = one, .tangent = {}, .guidance = {}}, false),
                 UsageError);
    EXPECT_THROW(model.velocity({.z = z, .r = three, .t = one, .tangent = {}, .guidance = {}}, false),
                 UsageError);
    EXPECT_THROW(model.velocity({.z = z, .r = one, .t = bad, .tangent = {}, .guidance = {}}, false),
                 UsageError);
    EXPECT_THROW(model.velocity({.z = z, .r = one, .t = one, .tangent = three, .guidance = {}}, true),
                 UsageError);
    EXPECT_THROW((void)model.picture_shape(), UsageError);
    SampleRequest request;
    request.count = 2;
    std::vector<float> small(3);
    EXPECT_THROW(model.sample(request, small), UsageError);
    std::vector<float> room(4);
    request.solver = "magic";
    EXPECT_THROW(model.sample(request, room), UsageError);
    request.solver = "auto";
    request.stop = [] { return true; };
    EXPECT_THROW(model.sample(request, room), Stopped);
}

TEST(DoorModel, DescribesItselfAndTellsHowFarItIs) {
    const Model model = small_model(1, 1);
    const auto about = nlohmann::json::parse(model.describe());
    EXPECT_EQ(about["sample_shape"], nlohmann::json({2}));
    EXPECT_EQ(about["objective"], "imf");
    EXPECT_EQ(about["settings"]["model.width"], "16");
    std::int64_t last = 0;
    SampleRequest request;
    request.count = 100000;
    std::vector<float> out(200000);
    model.sample(request, out, [&](std::int64_t done, std::int64_t all) {
        EXPECT_GT(done, last);
        EXPECT_EQ(all, 100000);
        last = done;
    });
    EXPECT_EQ(last, 100000);
    EXPECT_EQ(out, draw(model, 100000, 1));
}

TEST(DoorModel, LatentsBecomePicturesByTheirAutoencoder) {
    Team team(2);
    const std::vector<ConfigItem> items = {{"data.name", "noise", ""}, {"data.size", "4", ""},
                                           {"data.channels", "4", ""}, {"data.classes", "0", ""},
                                           {"model.name", "dit", ""},  {"model.size", "T", ""},
                                           {"model.patch", "2", ""},   {"model.hidden", "16", ""},
                                           {"model.depth", "1", ""},   {"model.heads", "1", ""}};
    Model model(initial_model(resolve(items), team), Precision::f32, 2);
    EXPECT_THROW((void)model.picture_shape(), UsageError);
    const test::Scratch scratch;
    SdVae vae(test::small_vae());
    test::fill_vae(vae, 5, team);
    write_safetensors(scratch / "vae.safetensors", test::file_of(vae));
    const VaeRequest request{.path = scratch / "vae.safetensors", .scale = "imf"};
    model.attach_vae(request);
    ASSERT_EQ(model.picture_shape(), Shape({16, 16, 3}));
    SampleRequest ask;
    ask.count = 2;
    std::vector<float> latents(2 * 64);
    model.sample(ask, latents);
    const std::vector<std::uint8_t> pictures = model.decode(latents);
    std::vector<std::string> remarks;
    const auto decoder = open_decoder(request, model.loaded().sample, team, remarks);
    std::vector<std::uint8_t> expected(pictures.size());
    door::to_bytes(decoder->decode(team, latents, model.sample_shape(), {}), expected);
    EXPECT_EQ(pictures, expected);
    EXPECT_EQ(pictures.size(), 2U * 16 * 16 * 3);
    int asked = 0;
    EXPECT_THROW(model.decode(latents, [&] { return ++asked == 2; }), Stopped);
}

}  // namespace
