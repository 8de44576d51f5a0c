// SPDX-License-Identifier: MIT
// How latents are standardised before a model learns them; z = (latent - mean) / std for every channel.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace mf {

struct LatentScale {
    std::string name;              ///< "imf", "sd" or "none"
    std::vector<float> mean, std;  ///< by channel; empty: 0 and 1

    /// In place, (..., channels): what a model drew to what the autoencoder decodes, and back.
    void to_latents(std::span<float> z) const;
    void to_model(std::span<float> latents) const;
};

/// "imf": mean and deviation of each of four channels, as the iMF and MF projects have them; "sd": the factor 0.18215 of
/// Stable Diffusion; "none". UsageError for other words, and for channels that the word is not about.
LatentScale latent_scale(const std::string& name, std::size_t channels);

}  // namespace mf
