// SPDX-License-Identifier: MIT
#include "train/plain_weights.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "core/error.hpp"
#include "nn/initial_weights.hpp"
#include "sample/sampler.hpp"
#include "train/config.hpp"

namespace {

using namespace mf;
using mf::test::Scratch;

LoadedModel tiny(const std::string& model, Team& team) {
    std::vector<ConfigItem> items = {
        {"data.name", "noise", ""}, {"data.size", "8", ""},
        {"data.channels", "2", ""}, {"data.classes", "5", ""},
        {"model.name", model, ""},  {"model.size", "T", ""},
        {"model.patch", "2", ""},   {"model.hidden", "64", ""},
        {"model.depth", "3", ""},   {"model.heads", model == "dit" ? "1" : "4", ""}};
    if (model == "mit")
        items.insert(items.end(), {{"model.head_depth", "1", ""}, {"objective.guidance", "flexible", ""}});
    LoadedModel out = initial_model(resolve(items), team);
    // No part may be zero, or its weights would not show.
    for (Param& param : out.model->params().all()) fill_normal(param, 7, 0.05);
    out.model->params().repack(team, Precision::f32);
    return out;
}

std::vector<float> draw(const LoadedModel& model, Team& team, Precision precision = Precision::f32) {
    std::vector<float> z = sampling_noise(3, 0, 4, model.sample.shape.count());
    Condition condition;
    condition.labels = Tensor({4}, DType::i32);
    for (std::int32_t i = 0; i < 4; ++i) static_cast<std::int32_t*>(condition.labels.raw())[i] = i;
    sample(team, *model.model, {.times = uniform_times(2), .precision = precision}, condition, z,
           model.sample.shape.count());
    return z;
}

double worst(const std::vector<float>& a, const std::vector<float>& b) {
    double out = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        out = std::max(out, std::abs(static_cast<double>(a[i]) - b[i]));
    return out;
}

TEST(PlainWeights, WhatWasWrittenSamplesTheSame) {
    const Scratch scratch;
    Team team(2);
    for (const char* name : {"mit", "dit"}) {
        const LoadedModel model = tiny(name, team);
        write_plain_weights(scratch / "w.safetensors", model, Precision::f32);
        ASSERT_TRUE(holds_plain_weights(scratch / "w.safetensors"));
        const LoadedModel again = open_plain_weights(scratch / "w.safetensors", 0, Precision::f32, team);
        EXPECT_EQ(again.sample.shape, model.sample.shape);
        EXPECT_EQ(again.sample.classes, 5);
        EXPECT_EQ(again.class_names, model.class_names);
        EXPECT_EQ(draw(again, team), draw(model, team)) << name;
    }
}

TEST(PlainWeights, ASideThatIsAskedForWinsOverTheMetadata) {
    const Scratch scratch;
    Team team(1);
    for (const char* name : {"mit", "dit"}) {
        const LoadedModel model = tiny(name, team);
        write_plain_weights(scratch / "w.safetensors", model, Precision::f32);
        const LoadedModel again = open_plain_weights(scratch / "w.safetensors", 12, Precision::f32, team);
        EXPECT_EQ(again.sample.shape, (Shape{12, 12, 2}));
        EXPECT_EQ(again.data, nullptr);
    }
}

TEST(PlainWeights, HalfPrecisionIsNear) {
    const Scratch scratch;
    Team team(2);
    const LoadedModel model = tiny("mit", team);
    write_plain_weights(scratch / "w.safetensors", model, Precision::bf16);
    const LoadedModel again = open_plain_weights(scratch / "w.safetensors", 8, Precision::bf16, team);
    EXPECT_LT(worst(draw(again, team, Precision::bf16), draw(model, team)), 0.1);
    // The v head is for training only.
    for (const Param& param : again.model->params().all())
        EXPECT_FALSE(param.name.starts_with("net.v_heads"));
}

TEST(PlainWeights, TheNetworkIsReadOffWeightsThatSayNothing) {
    const Scratch scratch;
    Team team(1);
    for (const char* name : {"mit", "dit"}) {
        const LoadedModel model = tiny(name, team);
        TensorFile file;
        for (const Param& param : model.model->params().all()) file.tensors[param.name] = param.value;
        write_safetensors(scratch / "w.safetensors", file);
        const LoadedModel again = open_plain_weights(scratch / "w.safetensors", 8, Precision::f32, team);
        EXPECT_EQ(again.sample.shape, (Shape{8, 8, 2}));
        EXPECT_EQ(again.settings.text("model.name"), name);
        EXPECT_EQ(draw(again, team), draw(model, team)) << name;
    }
}

std::string message_of(const std::filesystem::path& path) {
    Team team(1);
    try {
        (void)open_plain_weights(path, 0, Precision::f32, team);
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(PlainWeights, BadFilesGetOneLine) {
    const Scratch scratch;
    Team team(1);
    const LoadedModel model = tiny("mit", team);
    TensorFile whole;
    for (const Param& param : model.model->params().all()) whole.tensors[param.name] = param.value;
    const auto said = [&](const auto& change) {
        TensorFile file = whole;
        change(file);
        write_safetensors(scratch / "w.safetensors", file);
        return message_of(scratch / "w.safetensors");
    };
    EXPECT_NE(said([](TensorFile& f) { f.tensors.clear(); }).find("no network that is known"),
              std::string::npos);
    EXPECT_NE(said([](TensorFile& f) { f.tensors.erase("net.time_tokens"); }).find("time_tokens"),
              std::string::npos);
    EXPECT_NE(
        said([](TensorFile& f) { f.tensors.erase("net.u_final_layer.norm.weight"); }).find("u_final_layer"),
        std::string::npos);
    EXPECT_NE(said([](TensorFile& f) {
                  f.tensors["net.shared_blocks.1.attn_scale"] = Tensor::zeros({3});
              }).find("has shape (3)"),
              std::string::npos);
    EXPECT_NE(said([](TensorFile& f) {
                  f.tensors["net.x_embedder.proj.bias"] = Tensor::zeros({64}, DType::i32);
              }).find("x_embedder"),
              std::string::npos);
    EXPECT_NE(said([](TensorFile& f) { f.metadata["sample_shape"] = "8,x,2"; }).find("sample_shape"),
              std::string::npos);
    EXPECT_NE(said([](TensorFile& f) {
                  f.metadata = {{"sample_shape", "9,9,2"}, {"classes", "5"}, {"class_names", ""}};
              }).find("patch"),
              std::string::npos);
}

TEST(Float16, EveryValueIsTheFloatThatItNames) {
    EXPECT_EQ(to_float(float16{0x3C00}), 1.0F);
    EXPECT_EQ(to_float(float16{0xC000}), -2.0F);
    EXPECT_EQ(to_float(float16{0x7BFF}), 65504.0F);
    EXPECT_EQ(to_float(float16{0x0001}), 0x1p-24F);
    EXPECT_EQ(to_float(float16{0x03FF}), 1023 * 0x1p-24F);
    EXPECT_EQ(to_float(float16{0x0400}), 0x1p-14F);
    EXPECT_EQ(to_float(float16{0x8000}), 0.0F);
    EXPECT_TRUE(std::signbit(to_float(float16{0x8000})));
    EXPECT_TRUE(std::isinf(to_float(float16{0xFC00})));
    EXPECT_TRUE(std::isnan(to_float(float16{0x7E01})));
}

}  // namespace
