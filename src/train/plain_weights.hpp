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

/// In which numbers weights are written. int8: the matrices of a transformer's blocks as bytes with one scale an output row
/// (ops/cpu/byte_gemm.hpp), all others bf16; for sampling.
enum class WeightsType : std::uint8_t { f32, bf16, int8 };

/// True for the matrices of attention and MLP in a transformer's blocks: nine tenths of the work. Embedders, tokens, norms,
/// modulation and final layers, which decide more, are not among them.
bool becomes_bytes(const std::string& name);

/// Gives a loaded model the 8 bits that a file would have, and packs it for sampling. UsageError for a network without such
/// blocks.
void make_eight_bits(LoadedModel& model, Team& team);

/// Writes the weights of a loaded model with the metadata of its samples; atomically. The v head of a run is
/// left out; that of a file of weights stays (but under int8), so that training can go on from it. UsageError for int8 of a
/// network without such blocks; Error when the model has 8 bits already.
void write_plain_weights(const std::filesystem::path& path, const LoadedModel& model, WeightsType type);

}  // namespace mf
