// SPDX-License-Identifier: MIT
// A small autoencoder and its weights under the names that others give them.
#pragma once

#include <cmath>

#include "io/safetensors.hpp"
#include "models/sd_vae.hpp"
#include "nn/initial_weights.hpp"

namespace mf::test {

inline SdVae::Config small_vae() { return {.channels = {8, 8, 12}, .layers = 1, .groups = 4}; }

/// Weights that leave no part without effect: a function of the seed alone.
inline void fill_vae(SdVae& vae, std::uint64_t seed, Team& team) {
    for (Param& param : vae.params().all()) {
        const double fan_in = static_cast<double>(param.shape.count()) / static_cast<double>(param.shape[0]);
        fill_normal(param, seed, param.shape.rank() > 1 ? 1 / std::sqrt(fan_in) : 0.1);
        if (param.shape.rank() == 1 && param.name.ends_with("weight"))
            for (float& number : param.value.floats()) number += 1;
    }
    vae.params().repack(team, Precision::f32);
}

/// Views of its parameters: they live as long as it does.
inline TensorFile file_of(const SdVae& vae) {
    TensorFile out;
    for (const Param& param : vae.params().all()) out.tensors.emplace(param.name, param.value);
    out.metadata["norm_num_groups"] = std::to_string(vae.config().groups);
    return out;
}

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
    if (const std::size_t at = text.find(from); at != std::string::npos) text.replace(at, from.size(), to);
    return text;
}

/// Names of published files from before 2023.
inline std::string older_name(std::string name) {
    name = replaced(name, "to_q.", "query.");
    name = replaced(name, "to_k.", "key.");
    name = replaced(name, "to_v.", "value.");
    return replaced(name, "to_out.0.", "proj_attn.");
}

/// Names of CompVis's checkpoints, for a decoder of `levels`.
inline std::string compvis_name(std::string name, int levels) {
    for (int i = 0; i < levels; ++i) {
        const std::string n = std::to_string(i);
        name = replaced(name, "encoder.down_blocks." + n + ".", "encoder.down." + n + ".");
    }
    for (int i = 0; i < levels; ++i)
        name = replaced(name, "decoder.up_blocks." + std::to_string(i) + ".",
                        "decoder.up." + std::to_string(levels - 1 - i) + ".");
    name = replaced(name, "mid_block.attentions.0.", "mid.attn_1.");
    name = replaced(name, "mid_block.resnets.0.", "mid.block_1.");
    name = replaced(name, "mid_block.resnets.1.", "mid.block_2.");
    name = replaced(name, ".resnets.", ".block.");
    name = replaced(name, "group_norm.", "norm.");
    name = replaced(name, "to_q.", "q.");
    name = replaced(name, "to_k.", "k.");
    name = replaced(name, "to_v.", "v.");
    name = replaced(name, "to_out.0.", "proj_out.");
    name = replaced(name, "downsamplers.0.conv.", "downsample.conv.");
    name = replaced(name, "upsamplers.0.conv.", "upsample.conv.");
    name = replaced(name, "conv_shortcut.", "nin_shortcut.");
    return replaced(name, "conv_norm_out.", "norm_out.");
}

/// The same weights as a CompVis checkpoint holds them: a prefix, attention as 1 x 1 convolutions, other networks beside.
inline TensorFile compvis_file(const TensorFile& file, int levels,
                               const std::string& prefix = "first_stage_model.") {
    TensorFile out;
    out.metadata = file.metadata;
    for (const auto& [name, tensor] : file.tensors) {
        Tensor given = tensor;
        if (name.find(".to_") != std::string::npos && name.ends_with("weight"))
            given = tensor.reshaped({tensor.shape()[0], tensor.shape()[1], 1, 1});
        out.tensors.emplace(prefix + compvis_name(name, levels), given);
    }
    out.tensors.emplace(prefix + "loss.logvar", Tensor::zeros({1}));
    if (!prefix.empty()) out.tensors.emplace("model.diffusion_model.out.weight", Tensor::zeros({2, 3}));
    return out;
}

}  // namespace mf::test
