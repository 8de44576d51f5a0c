// SPDX-License-Identifier: MIT
#include "models/sd_vae.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/rng.hpp"
#include "models/vae_files.hpp"
#include "models/vae_reference.hpp"
#include "models/vae_weights.hpp"
#include "nn/latent_scale.hpp"
#include "ops/cpu/cpu_device.hpp"

namespace {

using namespace mf;
using namespace mf::test;

Tensor drawn(const Shape& shape, std::uint64_t index) {
    Tensor out(shape, DType::f32);
    Random(5, Stream::test).normal_vector(out.f32(), out.count(), index);
    return out;
}

DoublePicture picture_of(const Tensor& x, std::int64_t i) {
    const Shape& s = x.shape();
    const std::int64_t each = s[1] * s[2] * s[3];
    return {s[1], s[2], s[3], {x.f32() + i * each, x.f32() + (i + 1) * each}};
}

double largest_error(const Tensor& got, std::int64_t i, const DoublePicture& want) {
    const DoublePicture is = picture_of(got, i);
    double error = 0, scale = 0;
    EXPECT_EQ(is.x.size(), want.x.size());
    for (std::size_t k = 0; k < want.x.size(); ++k) {
        error = std::max(error, std::abs(is.x[k] - want.x[k]));
        scale = std::max(scale, std::abs(want.x[k]));
    }
    return error / scale;
}

TEST(SdVae, EncodesAndDecodesAsTheReferenceInDouble) {
    Team team(2);
    SdVae vae(small_vae());
    fill_vae(vae, 3, team);
    const VaeReference reference(vae);
    Pool pool;
    CpuDevice device(team);
    const Context context{device, pool};
    const Tensor pictures = drawn({2, 12, 8, 3}, 0), latents = drawn({2, 3, 2, 4}, 1);
    const Tensor moments = vae.moments(context, pictures).value, decoded = vae.decode(context, latents).value;
    EXPECT_EQ(moments.shape(), (Shape{2, 3, 2, 8}));
    EXPECT_EQ(decoded.shape(), (Shape{2, 12, 8, 3}));
    for (std::int64_t i = 0; i < 2; ++i) {
        EXPECT_LT(largest_error(moments, i, reference.moments(picture_of(pictures, i))), 2e-6);
        EXPECT_LT(largest_error(decoded, i, reference.decode(picture_of(latents, i))), 2e-6);
    }
}

TEST(SdVae, SameBitsAloneAndInABatchOnOneThreadAndOnTwo) {
    Team one(1), two(2);
    CpuDevice single(one), both(two);
    SdVae vae(small_vae());
    fill_vae(vae, 4, one);
    Pool pool;
    const Tensor latents = drawn({3, 4, 3, 4}, 2);
    const Tensor all = vae.decode({both, pool}, latents).value;
    const std::int64_t each = all.count() / 3;
    for (std::int64_t i = 0; i < 3; ++i) {
        const Tensor alone =
            vae.decode({single, pool}, latents.row_range(i * 12, (i + 1) * 12).reshaped({1, 4, 3, 4})).value;
        EXPECT_TRUE(std::equal(alone.f32(), alone.f32() + each, all.f32() + i * each)) << i;
    }
}

TEST(SdVae, ATangentIsTheDifferenceQuotient) {
    Team team(1);
    SdVae vae(small_vae());
    fill_vae(vae, 6, team);
    Pool pool;
    CpuDevice device(team);
    const Context context{device, pool};
    const Tensor z = drawn({1, 3, 3, 4}, 3), d = drawn({1, 3, 3, 4}, 4);
    const Tensor tangent = vae.decode(context, Dual(z, d)).tangent;
    const VaeReference reference(vae);
    constexpr double step = 1e-5;
    DoublePicture ahead = picture_of(z, 0), behind = ahead;
    for (std::size_t i = 0; i < ahead.x.size(); ++i)
        ahead.x[i] += step * d.f32()[i], behind.x[i] -= step * d.f32()[i];
    DoublePicture want = reference.decode(ahead);
    const DoublePicture other = reference.decode(behind);
    for (std::size_t i = 0; i < want.x.size(); ++i) want.x[i] = (want.x[i] - other.x[i]) / (2 * step);
    EXPECT_LT(largest_error(tangent, 0, want), 1e-5);
}

TEST(SdVae, SizesAreReadOffTheWeights) {
    for (const SdVae::Config& config :
         {small_vae(),
          SdVae::Config{.pixels = 1, .latents = 16, .channels = {4, 8}, .layers = 3, .groups = 2},
          SdVae::Config{
              .channels = {8}, .layers = 1, .groups = 4, .has_quant = false, .has_attention = false},
          SdVae::Config{.channels = {4, 8}, .layers = 2, .groups = 4, .has_encoder = false},
          SdVae::Config{.channels = {4, 8}, .layers = 2, .groups = 4, .has_decoder = false}}) {
        const SdVae vae(config);
        const SdVae::Config found = SdVae::detect(shapes_of(file_of(vae).tensors), config.groups);
        EXPECT_EQ(found.pixels, config.pixels);
        EXPECT_EQ(found.latents, config.latents);
        EXPECT_EQ(found.channels, config.channels);
        EXPECT_EQ(found.layers, config.layers);
        EXPECT_EQ(found.has_encoder, config.has_encoder);
        EXPECT_EQ(found.has_decoder, config.has_decoder);
        EXPECT_EQ(found.has_quant, config.has_quant);
        EXPECT_EQ(found.has_attention, config.has_attention);
    }
}

TEST(SdVae, WhatDoesNotFitIsRefused) {
    Team team(1);
    SdVae vae(small_vae());
    fill_vae(vae, 7, team);
    Pool pool;
    CpuDevice device(team);
    EXPECT_THROW(vae.moments({device, pool}, drawn({1, 10, 8, 3}, 0)), Error) << "10 is no multiple of 4";
    EXPECT_THROW(vae.decode({device, pool}, drawn({1, 4, 4, 3}, 0)), Error) << "three channels";
    EXPECT_THROW(SdVae({.channels = {8, 12}, .groups = 8}), Error);
}

TEST(SdVae, MomentsBecomeDeviations) {
    Tensor moments({2, 4}, DType::f32);
    const std::vector<float> given = {0.5F, -1, 0, 2, 3, 4, 100, -100};
    std::ranges::copy(given, moments.f32());
    const Tensor got = mean_and_std(moments);
    const std::vector<double> want = {0.5, -1, 1, std::exp(1.0), 3, 4, std::exp(10.0), std::exp(-15.0)};
    for (std::size_t i = 0; i < want.size(); ++i)
        EXPECT_NEAR(got.f32()[i], want[i], 1e-5 * std::abs(want[i]));
}

TEST(VaeWeights, EveryFormOfTheNamesIsTheSameAutoencoder) {
    Team team(1);
    SdVae vae(small_vae());
    fill_vae(vae, 8, team);
    const TensorFile own = file_of(vae);
    std::map<std::string, Tensor> older, prefixed;
    for (const auto& [name, tensor] : own.tensors) {
        older.emplace(older_name(name), tensor);
        prefixed.emplace("vae." + name, tensor);
    }
    const auto same = [&](const std::map<std::string, Tensor>& given, const std::string& form) {
        const VaeWeights weights = vae_weights(given, "file");
        EXPECT_EQ(weights.form, form);
        ASSERT_EQ(weights.tensors.size(), own.tensors.size()) << form;
        for (const auto& [name, tensor] : own.tensors) {
            ASSERT_TRUE(weights.tensors.contains(name)) << form << " " << name;
            EXPECT_EQ(weights.tensors.at(name).raw(), tensor.raw()) << form << " " << name;
            EXPECT_EQ(weights.tensors.at(name).shape(), tensor.shape()) << form << " " << name;
        }
    };
    same(own.tensors, "diffusers");
    same(prefixed, "diffusers");
    same(older, "diffusers, older names");
    same(compvis_file(own, 3).tensors, "CompVis");
    same(compvis_file(own, 3, "").tensors, "CompVis");
    EXPECT_TRUE(vae_weights(own.tensors, "file").remarks.empty());
    EXPECT_EQ(vae_weights(compvis_file(own, 3).tensors, "file").remarks.size(), 1U) << "two are left out";
}

std::string complaint(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

TEST(VaeWeights, AnotherNetworkIsCalledWhatItLooksLike) {
    const auto of = [](const std::string& name) {
        return complaint([&] { vae_weights({{name, Tensor::zeros({2, 2})}}, "w.safetensors"); });
    };
    EXPECT_NE(of("Mixed_5b.branch1x1.conv.weight").find("looks like the Inception network"),
              std::string::npos);
    EXPECT_NE(of("net.u_heads.0.attn_scale").find("looks like an iMF transformer"), std::string::npos);
    EXPECT_EQ(of("nobody.knows").find("looks like"), std::string::npos);
    EXPECT_NE(of("nobody.knows").find("w.safetensors: is no autoencoder"), std::string::npos);
}

TEST(NetworkNames, WhatIsMissingAndTooMuchIsListedButNotAllOfIt) {
    NamedShapes wanted, given;
    for (int i = 0; i < 30; ++i) wanted.emplace_back(fmt::format("layer.{}.weight", i), Shape{2, 3});
    given = wanted;
    EXPECT_EQ(complaint([&] { check_all_there("f", "net", wanted, given); }), "");
    given[0].first = "layer.0.weights";
    given[1].second = {3, 2};
    std::string said = complaint([&] { check_all_there("f", "net", wanted, given); });
    for (const char* part : {"f: is no complete net", "1 missing: layer.0.weight",
                             "layer.1.weight is (3, 2), expected (2, 3)", "layer.0.weights"})
        EXPECT_NE(said.find(part), std::string::npos) << said;
    said = complaint([&] { check_all_there("f", "net", wanted, {}); });
    EXPECT_NE(said.find("30 missing"), std::string::npos);
    EXPECT_NE(said.find("and 20 more"), std::string::npos);
    EXPECT_EQ(said.find('\n'), std::string::npos);
}

TEST(LatentScale, IsUndoneByItself) {
    for (const char* name : {"imf", "sd", "none"}) {
        const LatentScale scale = latent_scale(name, 4);
        std::vector<float> z = {0.1F, -2, 3, 0.5F, 1, 1, 1, 1};
        const std::vector<float> before = z;
        scale.to_latents(z);
        if (name == std::string("imf")) {
            EXPECT_NEAR(z[1], -2 * 5.31922414 - 0.27787343, 1e-5);
        }
        if (name == std::string("sd")) {
            EXPECT_NEAR(z[2], 3 / 0.18215, 1e-5);
        }
        scale.to_model(z);
        for (std::size_t i = 0; i < z.size(); ++i) EXPECT_NEAR(z[i], before[i], 1e-6);
    }
    EXPECT_THROW(latent_scale("imf", 16), UsageError);
    EXPECT_THROW(latent_scale("other", 4), UsageError);
}

}  // namespace
