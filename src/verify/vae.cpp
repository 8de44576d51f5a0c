// SPDX-License-Identifier: MIT
// The autoencoder: moments of pictures, pictures of latents. Weights are in the file or made from their names.
#include <fmt/format.h>

#include "core/error.hpp"
#include "models/sd_vae.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "verify/kinds.hpp"
#include "verify/weights.hpp"

namespace mf::verify {
namespace {

constexpr double kVaeTolerance = 1e-4;  // thirty convolutions behind each other, some of 4608 products

SdVae::Config vae_config_of(const Reference& reference) {
    SdVae::Config config;
    config.channels.clear();
    for (const double channels : reference.settings("block_out_channels"))
        config.channels.push_back(static_cast<std::int64_t>(channels));
    config.layers = static_cast<std::int64_t>(reference.setting("layers_per_block"));
    config.groups = static_cast<std::int64_t>(reference.setting("norm_num_groups"));
    config.latents = static_cast<std::int64_t>(reference.setting("latent_channels"));
    return config;
}

/// From "weight.NAME" of the file or, where it has none of these, by hashing.
void fill(SdVae& vae, const Reference& reference, Comparison& comparison) {
    const bool hashed = !reference.has("weight.decoder.conv_in.weight");
    for (Param& param : vae.params().all()) {
        if (hashed) {
            fill_hashed(param, reference.word("name_prefix", "vae.") + param.name,
                        reference.setting("gain", 1));
            continue;
        }
        take_same(param, reference.at("weight." + param.name));
        comparison.input("weight." + param.name);
    }
    if (hashed) (void)reference.word("weights", "");
}

/// Channels [begin, end) of (..., c).
std::vector<float> channels_of(const Tensor& x, std::int64_t begin, std::int64_t end) {
    std::vector<float> out;
    for (std::int64_t i = 0; i < x.rows(); ++i)
        out.insert(out.end(), x.f32() + i * x.cols() + begin, x.f32() + i * x.cols() + end);
    return out;
}

}  // namespace

void verify_vae(const Reference& reference, Comparison& comparison, const Place& place) {
    Team& team = place.team;
    SdVae vae(vae_config_of(reference));
    fill(vae, reference, comparison);
    vae.prepare(team, comparison.precision());
    Pool pool;
    CpuDevice device(team);
    const Context context{device, pool, nullptr, comparison.precision()};
    const std::int64_t latents = vae.config().latents;
    if (reference.has("image")) {
        comparison.inputs({"image"});
        const Tensor moments = vae.moments(context, reference.at("image")).value;
        const auto compare = [&](const char* name, const std::vector<float>& got) {
            if (reference.has(name)) comparison.values(name, std::span(got), kVaeTolerance);
        };
        compare("moments", channels_of(moments, 0, 2 * latents));
        compare("mean", channels_of(moments, 0, latents));
        std::vector<float> logvar = channels_of(moments, latents, 2 * latents);
        for (float& number : logvar) number = std::clamp(number, -30.0F, 20.0F);
        compare("logvar", logvar);
        if (reference.has("std")) compare("std", channels_of(mean_and_std(moments), latents, 2 * latents));
    }
    if (reference.has("latent")) {
        comparison.inputs({"latent"});
        comparison.values("decoded", vae.decode(context, reference.at("latent")).value.floats(),
                          kVaeTolerance);
    }
}

}  // namespace mf::verify
