// SPDX-License-Identifier: MIT
#include "train/plain_weights.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "core/error.hpp"
#include "nn/initial_weights.hpp"
#include "support/tiny_network.hpp"

namespace {

using namespace mf;
using mf::test::Scratch;

LoadedModel tiny(const std::string& model, Team& team) { return test::tiny_network(model, 3, team); }

std::vector<float> draw(const LoadedModel& model, Team& team, Precision precision = Precision::f32) {
    return test::four_samples(model, 2, precision, team);
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
        write_plain_weights(scratch / "w.safetensors", model, WeightsType::f32);
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
        write_plain_weights(scratch / "w.safetensors", model, WeightsType::f32);
        const LoadedModel again = open_plain_weights(scratch / "w.safetensors", 12, Precision::f32, team);
        EXPECT_EQ(again.sample.shape, (Shape{12, 12, 2}));
        EXPECT_EQ(again.data, nullptr);
    }
}

TEST(PlainWeights, HalfPrecisionIsNear) {
    const Scratch scratch;
    Team team(2);
    const LoadedModel model = tiny("mit", team);
    write_plain_weights(scratch / "w.safetensors", model, WeightsType::bf16);
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
    EXPECT_NE(said([](TensorFile& f) {
                  const Tensor any = f.tensors.begin()->second;
                  f.tensors = {{"decoder.conv_in.weight", any}};
              }).find("looks like an autoencoder (VAE)"),
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

/// The same weights under other names.
TensorFile renamed(const LoadedModel& model, const std::string& prefix, const std::string& without = "") {
    TensorFile file;
    for (const Param& param : model.model->params().all()) {
        EXPECT_TRUE(param.name.starts_with(without)) << param.name;
        file.tensors[prefix + param.name.substr(without.size())] = param.value;
    }
    return file;
}

/// Opens what `file` would be on the disk; its samples must be those of `expected`.
std::vector<std::string> remarks_of(const TensorFile& file, const LoadedModel& expected,
                                    const std::string& weights = "ema") {
    const Scratch scratch;
    Team team(1);
    write_safetensors(scratch / "w.safetensors", file);
    const LoadedModel again = open_plain_weights(scratch / "w.safetensors", 8, Precision::f32, team, weights);
    EXPECT_EQ(draw(again, team), draw(expected, team));
    return again.remarks;
}

bool says(const std::vector<std::string>& remarks, const std::string& part) {
    return remarks.size() == 1 && remarks[0].find(part) != std::string::npos;
}

TEST(PlainWeights, ACommonPrefixIsRecognised) {
    Team team(1);
    for (const char* name : {"mit", "dit"}) {
        const LoadedModel model = tiny(name, team);
        EXPECT_TRUE(remarks_of(renamed(model, ""), model).empty());
        for (const std::string prefix : {"module.", "_orig_mod.", "ema.", "model.", "module._orig_mod.",
                                         "state_dict.model.", "net.", "a/b/"})
            EXPECT_TRUE(says(remarks_of(renamed(model, prefix), model), "begin with '" + prefix + "'"))
                << prefix;
    }
    // The names of an iMF transformer, without the part that they have in common here.
    const LoadedModel mit = tiny("mit", team);
    EXPECT_TRUE(remarks_of(renamed(mit, "", "net."), mit).empty());
    EXPECT_TRUE(says(remarks_of(renamed(mit, "module.", "net."), mit), "begin with 'module.'"));
}

TEST(PlainWeights, OfSeveralSetsTheAverageWins) {
    Team team(1);
    const LoadedModel online = tiny("mit", team);
    LoadedModel average = tiny("mit", team);
    for (Param& param : average.model->params().all()) fill_normal(param, 8, 0.05);
    average.model->params().repack(team, Precision::f32);
    const auto both = [&](const std::string& first, const std::string& second) {
        TensorFile file = renamed(online, first);
        file.tensors.merge(renamed(average, second).tensors);
        return file;
    };
    for (const auto& [first, second] :
         std::vector<std::pair<std::string, std::string>>{{"model.", "ema."},
                                                          {"online.", "ema_0.9999."},
                                                          {"online_model.", "ema_model."},
                                                          {"", "model_ema.module."},
                                                          {"module.", "averaged_model.module."}}) {
        const TensorFile file = both(first, second);
        EXPECT_TRUE(
            says(remarks_of(file, average), second.substr(0, second.size() - 1) + " is taken, the average"))
            << second;
        EXPECT_EQ(remarks_of(file, online, "online").size(), 1U) << first;
        if (!first.empty()) remarks_of(file, online, first.substr(0, first.size() - 1));
        remarks_of(file, average, second.substr(0, second.size() - 1));
    }
    // Moments of an optimiser are no weights.
    TensorFile file = both("model.", "optimiser.adam.m.");
    EXPECT_TRUE(says(remarks_of(file, online), "begin with 'model.'"));
    file = both("model.", "exp_avg.");
    EXPECT_TRUE(says(remarks_of(file, online), "begin with 'model.'"));
}

TEST(PlainWeights, WhatCannotBeDecidedIsRefusedWithTheNames) {
    const Scratch scratch;
    Team team(1);
    const LoadedModel model = tiny("dit", team);
    TensorFile file = renamed(model, "first.");
    file.tensors.merge(renamed(model, "second.").tensors);
    write_safetensors(scratch / "w.safetensors", file);
    const auto error = [&](const std::string& weights) -> std::pair<std::string, std::string> {
        try {
            (void)open_plain_weights(scratch / "w.safetensors", 8, Precision::f32, team, weights);
        } catch (const UsageError& error) {
            return {error.what(), error.hint()};
        }
        return {};
    };
    EXPECT_NE(error("ema").first.find("has 2 sets of weights, and none is called an average"),
              std::string::npos);
    EXPECT_EQ(error("ema").second, "it has first, second; --weights NAME chooses");
    EXPECT_NE(error("third").first.find("has no weights 'third'"), std::string::npos);
    EXPECT_EQ(error("second").first, "");
    // A file that we wrote says itself what its weights are.
    LoadedModel own = tiny("dit", team);
    own.weights = "ema_0.999";
    write_plain_weights(scratch / "w.safetensors", own, WeightsType::f32);
    EXPECT_EQ(error("ema_0.999").first, "");
    EXPECT_EQ(error("ema").first, "");
    EXPECT_NE(error("online").first.find("has no weights 'online'"), std::string::npos);
    EXPECT_EQ(error("online").second, "it has one set of weights: ema_0.999");
}

TEST(PlainWeights, DoublesLoad) {
    Team team(1);
    for (const char* name : {"mit", "dit"}) {
        const LoadedModel model = tiny(name, team);
        TensorFile file = renamed(model, "");
        for (auto& [key, tensor] : file.tensors) {
            Tensor wide(tensor.shape(), DType::f64);
            std::copy_n(tensor.f32(), tensor.count(), static_cast<double*>(wide.raw()));
            tensor = wide;
        }
        EXPECT_TRUE(remarks_of(file, model).empty());
    }
}

TEST(PlainWeights, ADoubleBeyondTheRangeOfFloatsIsNamed) {
    const Scratch scratch;
    Team team(1);
    const LoadedModel model = tiny("dit", team);
    TensorFile file = renamed(model, "");
    Tensor& bias = file.tensors.at("x_embedder.proj.bias");
    Tensor wide(bias.shape(), DType::f64);
    std::fill_n(static_cast<double*>(wide.raw()), wide.count(), 1e300);
    bias = wide;
    write_safetensors(scratch / "w.safetensors", file);
    EXPECT_NE(
        message_of(scratch / "w.safetensors").find("x_embedder.proj.bias holds 1e+300, which is beyond"),
        std::string::npos);
}

/// A safetensors file of `file` and one more tensor of another type, by hand: our writer knows no such types.
void write_with(const std::filesystem::path& path, const TensorFile& file, const std::string& name,
                const std::string& type, const std::string& shape, std::size_t bytes) {
    write_safetensors(path, file);
    std::string whole = mf::test::text_of(path);
    const auto length = *reinterpret_cast<const std::uint64_t*>(whole.data());
    std::string header = whole.substr(8, length);
    header.erase(header.find_last_of('}'));
    const std::size_t end = whole.size() - 8 - length;
    header += fmt::format(R"(,"{}":{{"dtype":"{}","shape":{},"data_offsets":[{},{}]}}}})", name, type, shape,
                          end, end + bytes);
    const std::uint64_t now = header.size();
    std::ofstream(path, std::ios::binary) << std::string(reinterpret_cast<const char*>(&now), 8) << header
                                          << whole.substr(8 + length) << std::string(bytes, '\1');
}

TEST(PlainWeights, WhatNobodyNeedsMayBeOfAnyType) {
    const Scratch scratch;
    Team team(1);
    const LoadedModel model = tiny("mit", team);
    for (const auto& [type, shape, bytes] :
         std::vector<std::tuple<std::string, std::string, std::size_t>>{{"I64", "[]", 8},
                                                                        {"BOOL", "[2]", 2},
                                                                        {"U16", "[2]", 4},
                                                                        {"F8_E4M3", "[3]", 3},
                                                                        {"C64", "[1]", 8}}) {
        write_with(scratch / "w.safetensors", renamed(model, ""), "num_batches_tracked", type, shape, bytes);
        const LoadedModel again = open_plain_weights(scratch / "w.safetensors", 8, Precision::f32, team);
        EXPECT_EQ(draw(again, team), draw(model, team)) << type;
    }
    for (const char* needed : {"net.time_tokens", "net.x_embedder.proj.weight",
                               "net.shared_blocks.0.mlp.w1._flax_linear.weight"}) {
        TensorFile file = renamed(model, "");
        const Shape shape = file.tensors.at(needed).shape();
        file.tensors.erase(needed);
        std::string dims;
        for (const std::int64_t d : shape) dims += fmt::format("{}{}", dims.empty() ? "" : ",", d);
        write_with(scratch / "w.safetensors", file, needed, "F8_E4M3", "[" + dims + "]",
                   static_cast<std::size_t>(shape.count()));
        const std::string message = message_of(scratch / "w.safetensors");
        EXPECT_NE(message.find(fmt::format("tensor '{}' has type F8_E4M3", needed)), std::string::npos)
            << message;
    }
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
