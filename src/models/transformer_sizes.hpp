// SPDX-License-Identifier: MIT
// Sizes of transformers by name, and the keys that change them.
#pragma once

#include "nn/velocity_model.hpp"

namespace mf {

struct TransformerSize {
    std::int64_t hidden, depth, heads, head_depth, patch;
    double mlp_ratio;  ///< of mit (dit has 4): hidden units of SwiGLU for each of the width
};

/// "T", "S", "B", "M", "L", "XL"; UsageError for other names.
TransformerSize named_transformer_size(const std::string& name);
/// UsageError unless patches of this side cut samples without remainder; its hint says which would.
void check_patch(std::int64_t patch, std::int64_t height, std::int64_t width);
/// UsageError unless every head has the same number of units, a multiple of `unit`; its hint says which would.
void check_heads(std::int64_t hidden, std::int64_t heads, std::int64_t unit);
/// Samples that a pass takes at a time so that a block's activations stay in cache.
std::int64_t transformer_tile(std::int64_t tokens, std::int64_t hidden);
/// model.size, model.patch, model.hidden, model.depth, model.heads.
OptionTable transformer_options();
/// What the keys say for samples of this kind. UsageError when these are no images.
TransformerSize transformer_size(const Settings& settings, const SampleKind& sample);

}  // namespace mf
