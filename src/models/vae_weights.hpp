// SPDX-License-Identifier: MIT
// Weights of autoencoders under the names that people have them by: of the diffusers library, with its older names of the
// attention (query, key, value, proj_attn) too, or of CompVis's checkpoints (encoder.down.0.block.0, nin_shortcut, attention
// as 1 x 1 convolutions, the decoder's levels the other way round), alone or under a prefix (first_stage_model.) among other
// networks.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/network_names.hpp"
#include "models/sd_vae.hpp"

namespace mf {

struct VaeWeights {
    std::map<std::string, Tensor> tensors;  ///< names and shapes as SdVae has them
    std::vector<std::string> remarks;       ///< what was left out, a line each
    std::string form;                       ///< "diffusers", "diffusers, older names" or "CompVis"
};

/// The autoencoder among `given`. Error, naming `place` and what it looks like, when there is none.
VaeWeights vae_weights(const std::map<std::string, Tensor>& given, const std::string& place);

/// What an autoencoder is, in one line: "channels 128, 256, 512, 512, 2 layers a level, 4 latent channels, 1/8 of the side".
std::string text_of(const SdVae::Config& config);

/// Names and shapes of tensors.
NamedShapes shapes_of(const std::map<std::string, Tensor>& tensors);

}  // namespace mf
