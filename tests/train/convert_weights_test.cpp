// SPDX-License-Identifier: MIT
#include "train/convert_weights.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "generate/guidance.hpp"
#include "generate/sampling.hpp"
#include "io/scratch.hpp"
#include "io/weights_file.hpp"
#include "models/published.hpp"
#include "support/torch_bytes.hpp"
#include "train/plain_weights.hpp"

namespace {

using namespace mf;
using namespace mf::test;
namespace t = mf::test::torch;

TEST(ConvertWeights, WhatPyTorchWroteComesThroughBitForBit) {
    const Scratch scratch;
    Team team(2);
    write_plain_weights(scratch / "w.safetensors",
                        open_plain_weights(data("imf_tiny.pth"), 0, Precision::f32, team), WeightsType::f32);
    const NamedTensors before = read_weights_file(data("imf_tiny.pth")),
                       after = read_weights_file(scratch / "w.safetensors");
    EXPECT_TRUE(same(before.tensors, after.tensors));
    EXPECT_EQ(after.metadata.at("classes"), "3");
    EXPECT_EQ(after.metadata.at("sample_shape"), "32,32,4");
}

TEST(ConvertWeights, TheHeadOfTrainingStaysInAFileOfWeights) {
    const Scratch scratch;
    Team team(1);
    TensorFile file;
    const NamedTensors tiny = read_weights_file(data("imf_tiny.pth"));
    for (const auto& [name, tensor] : tiny.tensors) {
        file.tensors[name] = tensor;
        if (name.starts_with("net.u_heads.")) file.tensors["net.v_heads." + name.substr(12)] = tensor;
    }
    write_safetensors(scratch / "train.safetensors", file);
    const LoadedModel loaded = open_plain_weights(scratch / "train.safetensors", 0, Precision::f32, team);
    EXPECT_TRUE(loaded.remarks.empty());
    write_plain_weights(scratch / "again.safetensors", loaded, WeightsType::f32);
    EXPECT_TRUE(same(read_safetensors(scratch / "again.safetensors").tensors, file.tensors));
}

/// What is said to the tiny weights after `change`.
std::string said_about(const std::function<void(TensorFile&)>& change,
                       std::vector<std::string>* remarks = nullptr) {
    const Scratch scratch;
    Team team(2);
    const NamedTensors tiny = read_weights_file(data("imf_tiny.pth"));
    TensorFile file;
    for (const auto& [name, tensor] : tiny.tensors) {
        Tensor copy(tensor.shape(), DType::f32);
        copy.copy_from(tensor);
        file.tensors[name] = copy;
    }
    change(file);
    write_safetensors(scratch / "w.safetensors", file);
    return error_of([&] {
        const LoadedModel loaded = open_plain_weights(scratch / "w.safetensors", 0, Precision::f32, team);
        if (remarks != nullptr) *remarks = loaded.remarks;
    });
}

TEST(ConvertWeights, WhatDoesNotFitIsListedWithTheNearestNames) {
    const std::string renamed = said_about([](TensorFile& file) {
        auto node = file.tensors.extract("net.u_final_layer.linear._flax_linear.bias");
        node.key() = "net.u_final_layer.linear.bias";
        file.tensors.insert(std::move(node));
    });
    EXPECT_TRUE(has(renamed,
                    "1 is missing: 'net.u_final_layer.linear._flax_linear.bias' (nearest: "
                    "'net.u_final_layer.linear.bias')"));
    EXPECT_TRUE(has(renamed, "1 is surplus: 'net.u_final_layer.linear.bias'"));
    const std::string shape = said_about([](TensorFile& file) {
        file.tensors["net.time_tokens"] = Tensor::zeros({4, 5});
    });
    EXPECT_TRUE(has(shape, "1 is of another shape: 'net.time_tokens' has shape (4, 5), expected (4, 4)"));
    const std::string many = said_about([](TensorFile& file) {
        std::erase_if(file.tensors,
                      [](const auto& item) { return item.first.find("_embedder.mlp") != std::string::npos; });
    });
    EXPECT_TRUE(has(many, "16 are missing: "));
    EXPECT_TRUE(has(many, " and 6 more"));
    std::vector<std::string> remarks;
    EXPECT_EQ(said_about([](TensorFile& file) { file.tensors["net.extra"] = Tensor::zeros({2}); }, &remarks),
              "");
    ASSERT_EQ(remarks.size(), 1U);
    EXPECT_TRUE(has(remarks[0], "1 is of no part of the network and left out: 'net.extra'"));
}

TEST(ConvertWeights, NumbersThatAreNoneAreRefused) {
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
        EXPECT_TRUE(
            has(said_about([&](TensorFile& file) { file.tensors["net.omega_tokens"].f32()[3] = bad; }),
                "'net.omega_tokens' holds a number that is infinite or not a number"));
}

TEST(ConvertWeights, AutoencodersAndOthersKeepTheirNames) {
    const Scratch scratch;
    const std::string storage = t::storage("FloatStorage", "0", 12),
                      w = t::tensor(storage, 0, {3, 4}, {4, 1});
    const std::string body =
        t::dict({{"state_dict", t::dict({{"first_stage_model.encoder.conv_in.weight", w},
                                         {"first_stage_model.decoder.conv_out.weight", w},
                                         {"first_stage_model.loss.x", w},
                                         {"model.diffusion_model.a", w}})}});
    const auto path = scratch.put("sd.ckpt", t::archive(body, {{"0", t::floats(12)}}));
    const ConvertedWeights done =
        write_other_weights(read_weights_file(path), path, scratch / "vae.safetensors", DType::bf16);
    EXPECT_EQ(done.architecture, "sd_vae");
    ASSERT_EQ(done.remarks.size(), 1U);
    EXPECT_TRUE(has(done.remarks[0], "2 tensors are left out, of other parts"));
    const TensorFile vae = read_safetensors(scratch / "vae.safetensors");
    EXPECT_EQ(vae.tensors.size(), 2U);
    EXPECT_EQ(vae.tensors.at("encoder.conv_in.weight").dtype(), DType::bf16);
    EXPECT_EQ(vae.metadata.at("architecture"), "sd_vae");
    const ConvertedWeights other = write_other_weights(read_weights_file(data("varied.pth")), "varied.pth",
                                                       scratch / "other.safetensors", std::nullopt);
    EXPECT_EQ(other.architecture, "");
    EXPECT_TRUE(read_safetensors(scratch / "other.safetensors").tensors.contains("model.module.turned"));
}

TEST(Published, SizesHaveTheirNamesAndSettings) {
    Mit::Config c;
    EXPECT_EQ(published_model(c)->name, "iMF-B/2");
    EXPECT_EQ(published_model(c)->recommended, (std::vector<RecommendedGuidance>{{1, 8.0, 0.4, 0.65}}));
    c.depth = 24;
    EXPECT_EQ(published_model(c)->name, "iMF-M/2");
    c.hidden = 1024, c.heads = 16, c.depth = 32;
    EXPECT_EQ(published_model(c)->recommended, (std::vector<RecommendedGuidance>{{1, 10.5, 0.4, 0.6}}));
    c.depth = 48;
    const auto& xl = *published_model(c);
    EXPECT_EQ(xl.recommended, (std::vector<RecommendedGuidance>{{1, 8.0, 0.42, 0.62}, {2, 4.0, 0.36, 0.64}}));
    EXPECT_EQ(read_recommended(recommended_text(xl.recommended), "x"), xl.recommended);
    c.height = 64;
    EXPECT_EQ(published_model(c), nullptr);
    EXPECT_EQ(published_model(Dit::Config{})->name, "MF-B/4");
    EXPECT_TRUE(has(error_of([] { read_recommended("omega=8", "x"); }), "expected steps=1"));
    EXPECT_TRUE(
        has(error_of([] { read_recommended("steps=1 omega=-8 interval=0,1", "x"); }), "expected steps=1"));
}

TEST(Published, RecommendedGuidanceFillsWhatIsLeftOpen) {
    Team team(1);
    LoadedModel model = open_plain_weights(data("imf_tiny.pth"), 8, Precision::f32, team);
    model.architecture = "iMF-XL/2";
    model.recommended = {{1, 8.0, 0.42, 0.62}, {2, 4.0, 0.36, 0.64}};
    std::vector<std::string> said;
    const Remarks listen = [&](const std::string& line) { said.push_back(line); };
    GuidanceRequest open;
    GuidanceRequest one = with_recommended(model, open, 1, listen),
                    four = with_recommended(model, open, 4, listen);
    EXPECT_EQ(one.omega, std::vector<double>{8});
    EXPECT_EQ(one.t_max, std::vector<double>{0.62});
    EXPECT_EQ(four.omega, std::vector<double>{4});
    ASSERT_EQ(said.size(), 2U);
    EXPECT_TRUE(
        has(said[0], "--omega 8 --interval 0.42,0.62 are what is recommended for iMF-XL/2 in 1 step"));
    GuidanceRequest strong;
    strong.omega = {2};
    EXPECT_EQ(with_recommended(model, strong, 1, nullptr).omega, std::vector<double>{2});
    EXPECT_EQ(with_recommended(model, strong, 1, nullptr).t_min, std::vector<double>{0.42});
    GuidanceRequest none;
    none.labels = ":none";
    EXPECT_TRUE(with_recommended(model, none, 1, nullptr).omega.empty());
    // And the samples are those of the settings themselves.
    SampleRequest plain, said_so;
    plain.count = said_so.count = 2;
    said_so.guidance = one;
    EXPECT_EQ(draw_samples(model, plain, team).values, draw_samples(model, said_so, team).values);
}

}  // namespace
