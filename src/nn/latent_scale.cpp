// SPDX-License-Identifier: MIT
#include "nn/latent_scale.hpp"

#include <fmt/format.h>

#include "core/error.hpp"

namespace mf {

void LatentScale::to_latents(std::span<float> z) const {
    for (std::size_t i = 0; i < z.size() && !std.empty(); ++i)
        z[i] = z[i] * std[i % std.size()] + mean[i % mean.size()];
}

void LatentScale::to_model(std::span<float> latents) const {
    for (std::size_t i = 0; i < latents.size() && !std.empty(); ++i)
        latents[i] = (latents[i] - mean[i % mean.size()]) / std[i % std.size()];
}

LatentScale latent_scale(const std::string& name, std::size_t channels) {
    if (name == "none") return {name, {}, {}};
    if (name == "sd")
        return {name, std::vector<float>(channels, 0.0F), std::vector<float>(channels, 1 / 0.18215F)};
    check_usage(name == "imf", "latents are standardised by imf, sd or none, not by {}", name);
    if (channels != 4)
        throw UsageError(fmt::format("the statistics imf are of 4 channels; these latents have {}", channels),
                         "--latents sd or --latents none");
    return {name,
            {0.86488F, -0.27787343F, 0.21616915F, 0.3738409F},
            {4.85503674F, 5.31922414F, 3.93725398F, 3.9870003F}};
}

}  // namespace mf
