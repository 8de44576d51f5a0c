// SPDX-License-Identifier: MIT
// Weights of networks that are no velocity models (autoencoders, Inception, anything else) from one file to another.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/dtype.hpp"
#include "io/named_tensors.hpp"

namespace mf {

struct ConvertedWeights {
    std::string architecture;  ///< "sd_vae", "inception_v3", or "" for a network that is not known here
    std::int64_t tensors = 0;
    std::vector<std::string> remarks;  ///< what was left out, a line each
};

/// "sd_vae" for weights of Stable Diffusion's autoencoder (names of diffusers or of CompVis, also within a whole model),
/// "inception_v3" for those of the FID network, "" for others. `prefix`: what their names begin with.
std::string architecture_of(const NamedTensors& file, std::string& prefix);

/// Writes the tensors as safetensors under their own names, without a prefix that is common to the network. `type`: of the
/// numbers that are floats; nothing: as they are. Error for numbers that are not finite in a network that is known.
ConvertedWeights write_other_weights(const NamedTensors& file, const std::filesystem::path& from,
                                     const std::filesystem::path& to, std::optional<DType> type);

}  // namespace mf
