// SPDX-License-Identifier: MIT
// Golden vectors of an autoencoder, made here in double precision: with weights in the file and with hashed ones.
#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "core/error.hpp"
#include "core/rng.hpp"
#include "models/vae_files.hpp"
#include "models/vae_reference.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "verify/kinds.hpp"
#include "verify/weights.hpp"

namespace mf::verify {
namespace {

using namespace mf::test;

constexpr const char* kConfig =
    R"({"block_out_channels": [8, 12], "layers_per_block": 1, "norm_num_groups": 4, "latent_channels": 4)";

Tensor drawn(const Shape& shape, std::uint64_t index) {
    Tensor out(shape, DType::f32);
    Random(5, Stream::test).normal_vector(out.f32(), out.count(), index);
    return out;
}

DoublePicture picture_of(const Tensor& x) {
    const Shape& s = x.shape();
    return {s[1], s[2], s[3], {x.f32(), x.f32() + x.count()}};
}

Tensor tensor_of(const DoublePicture& x, std::int64_t begin, std::int64_t end) {
    Tensor out({1, x.height, x.width, end - begin}, DType::f32);
    for (std::int64_t i = 0; i < x.height * x.width; ++i)
        for (std::int64_t c = begin; c < end; ++c)
            out.f32()[i * (end - begin) + c - begin] =
                static_cast<float>(x.x[static_cast<std::size_t>(i * x.c + c)]);
    return out;
}

TensorFile golden(bool hashed) {
    SdVae vae({.channels = {8, 12}, .layers = 1, .groups = 4});
    TensorFile file;
    for (Param& param : vae.params().all()) {
        fill_hashed(param, "auto." + param.name, 0.75);
        if (!hashed) {
            Tensor own(param.shape, DType::f32);  // a parameter's own memory goes with its network
            own.copy_from(param.value);
            file.tensors.emplace("weight." + param.name, std::move(own));
        }
    }
    file.metadata["config"] =
        std::string(kConfig) +
        (hashed ? R"(, "name_prefix": "auto.", "gain": 0.75, "weights": "hash formula"})" : "}");
    const Tensor image = drawn({1, 8, 6, 3}, 0), latent = drawn({1, 4, 3, 4}, 1);
    const VaeReference reference(vae);
    DoublePicture moments = reference.moments(picture_of(image));
    file.tensors.emplace("moments", tensor_of(moments, 0, 8));
    for (double& number : moments.x) number = std::clamp(number, -30.0, 20.0);
    file.tensors.emplace("mean", tensor_of(moments, 0, 4));
    file.tensors.emplace("logvar", tensor_of(moments, 4, 8));
    file.tensors.emplace("decoded", tensor_of(reference.decode(picture_of(latent)), 0, 3));
    file.tensors.emplace("image", image);
    file.tensors.emplace("latent", latent);
    return file;
}

std::string verdict(const TensorFile& file) {
    const Scratch scratch;
    Team team(1);
    CpuDevice device(team);
    write_safetensors(scratch / "vae_own.safetensors", file);
    try {
        const Reference reference(scratch / "vae_own.safetensors");
        Comparison comparison(reference);
        kind_of("vae_own.safetensors")->verify(reference, comparison, {team, device});
        return !reference.unread().empty() ? "unread" : comparison.passed() ? "passed" : "failed";
    } catch (const Error& error) {
        return error.what();
    }
}

TEST(VerifyVae, PassesWhatIsRightAndNothingElse) {
    for (const bool hashed : {false, true}) {
        TensorFile file = golden(hashed);
        EXPECT_EQ(verdict(file), "passed") << hashed;
        for (const char* name : {"moments", "mean", "logvar", "decoded", "image", "latent"}) {
            TensorFile other = golden(hashed);
            float* const x = other.tensors.at(name).f32();
            x[0] += 0.3F;
            EXPECT_EQ(verdict(other), "failed") << name;
        }
    }
    TensorFile part = golden(false);
    part.tensors.erase("weight.decoder.conv_out.bias");
    EXPECT_NE(verdict(part).find("weight.decoder.conv_out.bias"), std::string::npos) << verdict(part);
}

}  // namespace
}  // namespace mf::verify
