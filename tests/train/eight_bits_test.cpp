// SPDX-License-Identifier: MIT
// Files of weights whose blocks have 8 bits: written, read, damaged, and refused where they are of no use.
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "generate/open_model.hpp"
#include "io/scratch.hpp"
#include "ops/cpu/byte_gemm.hpp"
#include "ops/cpu/prepared.hpp"
#include "support/fuzz.hpp"
#include "support/tiny_network.hpp"
#include "train/config.hpp"
#include "train/init_weights.hpp"
#include "train/plain_weights.hpp"

namespace {

using namespace mf;
using mf::test::Scratch;

LoadedModel tiny(const std::string& model, Team& team) { return test::tiny_network(model, 2, team); }

std::vector<float> draw(const LoadedModel& model, Team& team, Precision precision) {
    return test::four_samples(model, 1, precision, team);
}

/// Root of the mean square of a - b.
double distance(const std::vector<float>& a, const std::vector<float>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += std::pow(static_cast<double>(a[i]) - b[i], 2);
    return std::sqrt(sum / static_cast<double>(a.size()));
}

TEST(EightBits, MatricesOfTheBlocksBecomeBytesAndNothingElse) {
    const Scratch scratch;
    Team team(1);
    for (const char* name : {"mit", "dit"}) {
        const LoadedModel model = tiny(name, team);
        write_plain_weights(scratch / "w.safetensors", model, WeightsType::int8);
        const TensorFile file = read_safetensors(scratch / "w.safetensors");
        EXPECT_EQ(file.metadata.at("dtype"), "int8");
        std::int64_t bytes = 0, all = 0;
        for (const Param& param : model.model->params().all()) {
            if (param.name.starts_with("net.v_heads.")) continue;
            const Tensor& stored = file.tensors.at(param.name);
            EXPECT_EQ(stored.shape(), param.shape);
            const bool block = param.name.find("blocks.") != std::string::npos ||
                               param.name.find("_heads.") != std::string::npos;
            const bool linear = param.is_matrix && param.name.find("adaLN") == std::string::npos;
            EXPECT_EQ(stored.dtype(), block && linear ? DType::u8 : DType::bf16) << param.name;
            EXPECT_EQ(file.tensors.contains(param.name + ".scale"), block && linear) << param.name;
            all += param.shape.count();
            if (stored.dtype() != DType::u8) continue;
            bytes += param.shape.count();
            const Tensor& scales = file.tensors.at(param.name + ".scale");
            ASSERT_EQ(scales.shape(), Shape{param.shape[0]});
            // Half a step of its row is what a number may be off.
            const Tensor wide = cpu::widened(stored, scales);
            for (std::int64_t i = 0; i < wide.count(); ++i)
                ASSERT_NEAR(wide.f32()[i], param.value.f32()[i],
                            0.5001F * scales.f32()[i / param.value.cols()]);
        }
        EXPECT_GT(bytes, all / 5 * 2) << name;
    }
}

TEST(EightBits, SamplesAreNear) {
    const Scratch scratch;
    Team team(2);
    for (const char* name : {"mit", "dit"}) {
        const LoadedModel model = tiny(name, team);
        write_plain_weights(scratch / "w.safetensors", model, WeightsType::int8);
        const LoadedModel again = open_model(scratch / "w.safetensors", {}, team);
        EXPECT_TRUE(again.eight_bits);
        EXPECT_TRUE(again.remarks.empty()) << again.remarks.front();
        EXPECT_EQ(again.sample.shape, model.sample.shape);
        const std::vector<float> exact = draw(model, team, Precision::f32),
                                 half = draw(again, team, Precision::bf16);
        double size = distance(exact, std::vector<float>(exact.size(), 0.0F));
        EXPECT_LT(distance(half, exact), 0.03 * size) << name;
        EXPECT_GT(distance(half, exact), 0) << name;
        Team one(1);
        EXPECT_EQ(draw(again, one, Precision::bf16), half);  // with any number of threads
    }
}

std::string message_of(const std::filesystem::path& path) {
    Team team(1);
    try {
        (void)open_model(path, {}, team);
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(EightBits, DamagedFilesGetOneLine) {
    const Scratch scratch;
    Team team(1);
    write_plain_weights(scratch / "w.safetensors", tiny("mit", team), WeightsType::int8);
    const TensorFile whole = read_safetensors(scratch / "w.safetensors");
    const std::string name = "net.shared_blocks.0.attn.out_proj._flax_linear.weight", scale = name + ".scale";
    ASSERT_TRUE(whole.tensors.contains(scale));
    const auto expect = [&](const std::string& words, const auto& change) {
        TensorFile file = whole;
        change(file);
        write_safetensors(scratch / "w.safetensors", file);
        const std::string said = message_of(scratch / "w.safetensors");
        EXPECT_NE(said.find(words), std::string::npos) << said << " instead of " << words;
        EXPECT_EQ(said.find('\n'), std::string::npos);
    };
    const auto with_scale = [&](float value) {
        return [=](TensorFile& file) {
            Tensor own(file.tensors.at(scale).shape(), DType::f32);
            own.copy_from(file.tensors.at(scale));
            own.f32()[3] = value;
            file.tensors.at(scale) = own;
        };
    };
    expect("no " + scale, [&](TensorFile& f) { f.tensors.erase(scale); });
    expect("expected f32 of shape", [&](TensorFile& f) { f.tensors.at(scale) = Tensor::zeros({3}); });
    expect("expected f32 of shape", [&](TensorFile& f) {
        f.tensors.at(scale) = f.tensors.at(scale).reshaped({1, f.tensors.at(scale).count()});
    });
    expect("is bf16 of shape", [&](TensorFile& f) {
        f.tensors.at(scale) = Tensor::zeros(f.tensors.at(scale).shape(), DType::bf16);
    });
    expect("holds nan in row 3", with_scale(std::numeric_limits<float>::quiet_NaN()));
    expect("holds inf in row 3", with_scale(std::numeric_limits<float>::infinity()));
    expect("holds -0.5 in row 3", with_scale(-0.5F));
    expect("holds 0 in row 3", with_scale(0));
    expect("of another shape", [&](TensorFile& f) {
        f.tensors.at(name) = Tensor::zeros({64, 65}, DType::u8);
    });
    expect("1 is missing", [&](TensorFile& f) { f.tensors.erase(name); });
    // Bytes where numbers are read in place.
    const std::string norm = "net.shared_blocks.0.norm1.weight";
    expect("has type u8", [&](TensorFile& f) {
        f.tensors.at(norm) = Tensor::zeros(f.tensors.at(norm).shape(), DType::u8);
        f.tensors[norm + ".scale"] = Tensor::zeros(f.tensors.at(norm).shape());
    });
}

TEST(EightBits, WhateverTheBytesOfAFileItIsReadOrRefused) {
    const Scratch scratch;
    Team team(1);
    write_plain_weights(scratch / "w.safetensors", tiny("dit", team), WeightsType::int8);
    TensorFile small;  // one block's matrix, so that changed bytes fall upon scales, too
    const TensorFile whole = read_safetensors(scratch / "w.safetensors");
    for (const auto& [name, tensor] : whole.tensors)
        if (name.starts_with("blocks.0.attn.proj")) small.tensors.emplace(name, tensor);
    ASSERT_EQ(small.tensors.size(), 3U);
    write_safetensors(scratch / "s.safetensors", small);
    const auto reader = [&](const std::string& path) {
        const TensorFile file = read_safetensors(path);
        ParamStore params;
        Param& weight = params.add("blocks.0.attn.proj.weight", {64, 64}, true);
        params.add("blocks.0.attn.proj.bias", {64}, false);
        params.freeze();
        params.bind(file.tensors, path);
        params.repack(team, Precision::bf16);
        const auto& kept = static_cast<const cpu::Prepared&>(*weight.prepared);
        ASSERT_EQ(weight.scales.empty(), kept.bytes.data.empty());
        ASSERT_EQ(weight.scales.empty(), !kept.panels.data.empty());
    };
    test::fuzz({test::slurp(scratch / "s.safetensors")}, reader);
}

TEST(EightBits, AreRefusedWhereTheyAreOfNoUse) {
    const Scratch scratch;
    Team team(1);
    const LoadedModel model = tiny("mit", team);
    write_plain_weights(scratch / "w.safetensors", model, WeightsType::int8);
    LoadedModel again = open_model(scratch / "w.safetensors", {}, team);
    for (const WeightsType type : {WeightsType::f32, WeightsType::bf16, WeightsType::int8})
        EXPECT_THROW(write_plain_weights(scratch / "x.safetensors", again, type), Error);
    EXPECT_FALSE(std::filesystem::exists(scratch / "x.safetensors"));
    EXPECT_THROW(
        open_model(scratch / "w.safetensors", {.precision = Precision::f32, .asked_for = true}, team),
        UsageError);
    EXPECT_NO_THROW(
        open_model(scratch / "w.safetensors", {.precision = Precision::bf16, .asked_for = true}, team));
    // Training starts from numbers.
    const SourceWeights source = read_source_weights(scratch / "w.safetensors", "ema");
    EXPECT_THROW(initial_weights_from(source, *model.model, {}, team, "w.safetensors"), Error);
    // A network without blocks.
    const std::vector<ConfigItem> items = {{"data.name", "checkerboard", ""}};
    const LoadedModel points = initial_model(resolve(items), team);
    EXPECT_THROW(write_plain_weights(scratch / "p.safetensors", points, WeightsType::int8), UsageError);
}

}  // namespace
