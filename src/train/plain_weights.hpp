// SPDX-License-Identifier: MIT
// Weights alone, one tensor a parameter under its public name: what others publish, and what is shipped for sampling. The
// network is read off the names and shapes; words about the samples may stand in the metadata and need not.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "train/checkpoint.hpp"

namespace mf {

/// True when the file is PyTorch's, or safetensors and no checkpoint of a run. Error when it cannot be read.
bool holds_plain_weights(const std::filesystem::path& path);

/// True when the file holds a network that samples: a transformer, or one that its metadata describe.
bool is_velocity_model(const NamedTensors& file);

/// The weights of a file that are meant, before there is a network.
struct PlainWeights {
    TensorFile chosen;                 ///< under the names of this program
    std::optional<Settings> settings;  ///< of their training, where the file says
    std::string weights;               ///< what they are called
    std::int64_t step = 0;
    std::vector<std::string> remarks;
    std::shared_ptr<const NamedTensors> file;  ///< what the tensors are views of
};
PlainWeights read_plain_weights(const std::filesystem::path& path, const std::string& weights = "ema");

/// Maps the file; numbers are read from it when they are needed and packed once, in `precision`. `side`: height and width
/// of a sample; 0: what the metadata say, or 32 (positions are computed, so that weights fit any). The v head, which only
/// training needs, is left out. A common prefix of all names is recognised; of several sets of weights `weights` chooses
/// (see weight_sets.hpp). What was decided is told in its remarks. Numbers may be f32, f64, f16 or bf16; what no parameter
/// needs may be anything. Error when the weights are of no known network.
LoadedModel open_plain_weights(const std::filesystem::path& path, std::int64_t side, Precision precision,
                               Team& team, const std::string& weights = "ema");

/// Writes the weights of a loaded model, f32 or bf16, with the metadata of its samples; atomically. The v head of a run is
/// left out; that of a file of weights stays, so that training can go on from it.
void write_plain_weights(const std::filesystem::path& path, const LoadedModel& model, Precision precision);

}  // namespace mf
