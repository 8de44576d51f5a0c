// SPDX-License-Identifier: MIT
// Golden vectors with other settings than the usual ones, made here: each setting of a file counts, and so does each tensor.
#include <cmath>

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "core/error.hpp"
#include "io/safetensors.hpp"
#include "models/mit.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "sample/sampler.hpp"
#include "verify/kinds.hpp"

namespace mf::verify {
namespace {

using mf::test::Scratch;

/// What a check of this file says: "passed", "failed", or the error.
std::string verdict(const std::filesystem::path& path, std::vector<std::string>* unseen = nullptr) {
    Team team(1);
    CpuDevice device(team);
    try {
        const Reference reference(path);
        Comparison comparison(reference);
        kind_of(path.filename().string())->verify(reference, comparison, {team, device});
        if (unseen != nullptr) *unseen = comparison.unseen();
        return comparison.passed() ? "passed" : "failed";
    } catch (const Error& error) {
        return error.what();
    }
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

/// The integer recipe, written once more.
float hash_weight(const std::string& name, std::uint64_t i, std::size_t rank, double fan_in, double gain) {
    std::uint64_t h = 14695981039346656037ULL;
    for (const char c : name) h = (h ^ static_cast<std::uint8_t>(c)) * 1099511628211ULL;
    std::uint64_t z = h + i + 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    z ^= z >> 31;
    const double w = (2 * (static_cast<double>(z >> 40) / 16777216.0) - 1) * std::sqrt(3.0);
    if (name.ends_with("bias")) return static_cast<float>(0.1 * w);
    return static_cast<float>(rank == 1 ? 1 + 0.1 * w : w * gain / std::sqrt(fan_in));
}

constexpr const char* kHashConfig =
    R"({"model": "imfDiT_T_4", "steps": 3, "omega": 3.0, "t_min": 0.25, "t_max": 0.75, "gain": 0.5,)"
    R"( "name_prefix": "module.", "num_classes": 7, "layout": "NHWC"})";

TensorFile hash_file() {
    Team team(1);
    Mit net({.height = 8,
             .width = 8,
             .channels = 3,
             .classes = 7,
             .patch = 4,
             .hidden = 128,
             .depth = 6,
             .heads = 4,
             .head_depth = 3,
             .mlp_ratio = 2.5,
             .v_blocks = false});
    for (Param& param : net.params().all()) {
        const double fan_in = static_cast<double>(param.shape.count()) / static_cast<double>(param.shape[0]);
        const std::string name = "module." + param.name.substr(4);
        for (std::int64_t i = 0; i < param.shape.count(); ++i)
            param.value.f32()[i] =
                hash_weight(name, static_cast<std::uint64_t>(i), param.shape.rank(), fan_in, 0.5);
    }
    net.params().repack(team, Precision::f32);
    const auto column = [](float value) {
        Tensor out({2, 1}, DType::f32);
        out.fill(value);
        return out;
    };
    Condition condition{.labels = Tensor({2}, DType::i32),
                        .omega = column(3),
                        .t_min = column(0.25F),
                        .t_max = column(0.75F)};
    static_cast<std::int32_t*>(condition.labels.raw())[0] = 2;
    static_cast<std::int32_t*>(condition.labels.raw())[1] = 7;
    TensorFile file;
    std::vector<float> z = sampling_noise(5, 0, 2, 192);
    const auto record = [&](std::int64_t step, const std::vector<float>& state) {
        Tensor tensor({2, 8, 8, 3}, DType::f32);
        std::copy(state.begin(), state.end(), tensor.f32());
        file.tensors.emplace("z." + std::to_string(step), std::move(tensor));
    };
    sample(team, net, {.times = uniform_times(3)}, condition, z, 192, record);
    for (int i = 0; i < 3; ++i) {
        Tensor u({2, 8, 8, 3}, DType::f32);
        const Tensor &from = file.tensors.at("z." + std::to_string(i)),
                     &to = file.tensors.at("z." + std::to_string(i + 1));
        for (std::int64_t k = 0; k < u.count(); ++k) u.f32()[k] = 3 * (from.f32()[k] - to.f32()[k]);
        file.tensors.emplace("u." + std::to_string(i), std::move(u));
    }
    file.tensors.emplace("y", condition.labels);
    file.metadata["config"] = kHashConfig;
    return file;
}

TEST(VerifySettings, HashWeights) {
    const Scratch scratch;
    TensorFile file = hash_file();
    const std::filesystem::path path = scratch / "imf_small_hash.safetensors";
    write_safetensors(path, file);
    EXPECT_EQ(verdict(path), "passed");
    // Each of them says something: with another value the file no longer fits.
    for (const auto& [from, to] :
         std::vector<std::pair<std::string, std::string>>{{"\"module.\"", "\"net.\""},
                                                          {"\"steps\": 3", "\"steps\": 2"},
                                                          {"\"gain\": 0.5", "\"gain\": 0.7"},
                                                          {"\"omega\": 3.0", "\"omega\": 2.0"},
                                                          {"\"t_min\": 0.25", "\"t_min\": 0.3"},
                                                          {"\"t_max\": 0.75", "\"t_max\": 0.8"},
                                                          {"imfDiT_T_4", "imfDiT_T_2"},
                                                          {"NHWC", "NCHW"}}) {
        file.metadata["config"] = replaced(kHashConfig, from, to);
        write_safetensors(path, file);
        EXPECT_NE(verdict(path), "passed") << to;
    }
}

TEST(VerifySettings, ATensorThatNoCheckUsedFails) {
    const Scratch scratch;
    for (const char* name : {"samplers", "optim", "toy_checkerboard", "metrics", "dit_sampling"}) {
        TensorFile file =
            read_safetensors(std::filesystem::path(MF_TEST_DATA) / (std::string(name) + ".safetensors"));
        for (const char* other : {"dit_weights"})
            std::filesystem::copy(std::filesystem::path(MF_TEST_DATA) / (std::string(other) + ".safetensors"),
                                  scratch / (std::string(other) + ".safetensors"),
                                  std::filesystem::copy_options::overwrite_existing);
        const std::filesystem::path path = scratch / (std::string(name) + ".safetensors");
        write_safetensors(path, file);
        EXPECT_EQ(verdict(path), "passed") << name;
        file.tensors.emplace("surprise", Tensor::zeros({3}));
        write_safetensors(path, file);
        std::vector<std::string> unseen;
        EXPECT_EQ(verdict(path, &unseen), "failed") << name;
        EXPECT_EQ(unseen, std::vector<std::string>{"surprise"});
        const mf::test::Outcome said =
            mf::test::run_program(scratch, {"verify", path.string(), "--threads", "1"});
        EXPECT_EQ(said.code, 1);
        EXPECT_NE(said.out.find("no check uses surprise"), std::string::npos) << said.out;
    }
}

TEST(VerifySettings, OrderOfTheToyNetworksInputs) {
    const Scratch scratch;
    TensorFile file = read_safetensors(std::filesystem::path(MF_TEST_DATA) / "toy_small.safetensors");
    const std::filesystem::path path = scratch / "toy_small.safetensors";
    write_safetensors(path, file);
    EXPECT_EQ(verdict(path), "passed");
    // The same network, whose inputs come as t, z1, r, z0.
    Tensor& weight = file.tensors.at("mf_net.network.0.weight");
    const std::vector<float> before(weight.floats().begin(), weight.floats().end());
    const std::size_t from[] = {2, 1, 3, 0};
    for (std::size_t i = 0; i < before.size(); ++i) weight.f32()[i] = before[i / 4 * 4 + from[i % 4]];
    for (auto& [name, tensor] : file.tensors) {
        if (!name.ends_with(".grad.network.0.weight") || name.starts_with("fm.")) continue;
        const std::vector<float> g(tensor.floats().begin(), tensor.floats().end());
        for (std::size_t k = 0; k < g.size(); ++k) tensor.f32()[k] = g[k / 4 * 4 + from[k % 4]];
    }
    std::erase_if(file.tensors, [](const auto& one) {  // sums with signs depend on the order
        return one.first.ends_with("grad_signed_sums.network.0.weight") && !one.first.starts_with("fm.");
    });
    write_safetensors(path, file);
    EXPECT_NE(verdict(path), "passed");
    file.metadata["config"] =
        replaced(file.metadata["config"], R"(["z0", "z1", "t", "r"])", R"(["t", "z1", "r", "z0"])");
    write_safetensors(path, file);
    EXPECT_EQ(verdict(path), "passed");
    file.metadata["config"] = replaced(file.metadata["config"], R"("r", "z0")", R"("h", "z0")");
    write_safetensors(path, file);
    EXPECT_NE(verdict(path).find("expected z0, z1, t, r"), std::string::npos);
}

TEST(VerifySettings, WhatTensorsAndConfigDisagreeOnIsAnError) {
    const Scratch scratch;
    const auto with = [&](const std::string& name, const std::string& from, const std::string& to) {
        TensorFile file = read_safetensors(std::filesystem::path(MF_TEST_DATA) / name);
        file.metadata["config"] = replaced(file.metadata["config"], from, to);
        write_safetensors(scratch / name, file);
        return verdict(scratch / name);
    };
    EXPECT_NE(with("toy_small.safetensors", "\"hidden\": 128", "\"hidden\": 64").find("hidden = 64"),
              std::string::npos);
    EXPECT_NE(with("toy_small.safetensors", "gelu_erf", "silu"), "passed");
    EXPECT_NE(with("toy_small.safetensors", "\"adaptive_c\": 0.001", "\"adaptive_c\": 0.01"), "passed");
    EXPECT_NE(with("toy_checkerboard.safetensors", "\"scale\": 2.0", "\"scale\": 3.0"), "passed");
    EXPECT_NE(with("toy_checkerboard.safetensors", "\"n\": 2000", "\"n\": 20").find("n = 20"),
              std::string::npos);
    EXPECT_NE(with("metrics.safetensors", "\"k\": 3", "\"k\": 4"), "passed");
    EXPECT_NE(with("samplers.safetensors", "\"P_std\": 1.0", "\"P_std\": 1.1"), "passed");
    EXPECT_NE(with("samplers.safetensors", "\"s_max\": 7.0", "\"s_max\": 6.0"), "passed");
    EXPECT_NE(with("optim.safetensors", "\"lr\": 0.01", "\"lr\": 0.02"), "passed");
    EXPECT_NE(with("optim.safetensors", "\"lr_min_factor\": 0.05", "\"lr_min_factor\": 0.06"), "passed");
}

TEST(VerifySettings, WhatNobodyReadsIsNamed) {
    const Scratch scratch;
    TensorFile file = read_safetensors(std::filesystem::path(MF_TEST_DATA) / "samplers.safetensors");
    file.metadata["config"] = replaced(file.metadata["config"], "{", "{\"P_shift\": 2, ");
    write_safetensors(scratch / "samplers.safetensors", file);
    const mf::test::Outcome said =
        mf::test::run_program(scratch, {"verify", "samplers.safetensors", "--threads", "1"});
    EXPECT_NE(said.out.find("P_shift"), std::string::npos) << said.out;
}

}  // namespace
}  // namespace mf::verify
