// SPDX-License-Identifier: MIT
// A checkpoint: one safetensors file with everything that the next step depends on, and enough words about
// itself to be sampled without any other file.
//
//   model.NAME       parameters                    ema_D.NAME   their average with decay D
//   optimiser.NAME   state of the optimiser        metadata     format, step, settings (JSON), objective,
//   checksum, sample_shape, classes, class_names; of pictures in files also class_counts and class_digests
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/options.hpp"
#include "data/dataset.hpp"
#include "io/named_tensors.hpp"
#include "io/safetensors.hpp"
#include "models/published.hpp"
#include "nn/sample_decoder.hpp"
#include "nn/velocity_model.hpp"
#include "train/trainer.hpp"

namespace mf {

/// A checkpoint that was read and found whole.
struct Checkpoint {
    std::filesystem::path path;
    std::int64_t step = 0;
    Settings settings;
    TensorFile file;
};

/// Atomically; what stood at `path` is there until the new one is safe.
void save_checkpoint(const std::filesystem::path& path, Trainer& trainer, const Settings& settings);
/// Error when the file is missing, is no checkpoint, or its checksum is wrong.
Checkpoint read_checkpoint(const std::filesystem::path& path);
/// Puts the trainer where it was when the checkpoint was saved. Error names the tensor that is missing or has
/// another shape.
void restore(Trainer& trainer, const Checkpoint& checkpoint);

/// A network with weights, ready to sample.
struct LoadedModel {
    Settings settings;
    std::int64_t step = 0;
    std::string weights;                          ///< which were taken: "online", "ema_0.999"
    SampleKind sample;                            ///< what it draws
    std::vector<std::string> class_names;         ///< by label; empty: no classes
    std::shared_ptr<const NamedTensors> mapping;  ///< what the weights are read from; null: own memory
    std::shared_ptr<Device>
        device;  ///< where the network is; null: the CPU. Before the network, which is in its memory
    std::unique_ptr<VelocityModel> model;
    std::unique_ptr<Dataset>
        data;  ///< what it was trained on; null where that lies in files: nobody has to have them
    std::vector<std::string> remarks;           ///< what its user should know, a line each
    std::map<std::string, Tensor> of_training;  ///< tensors of a file of weights that only training needs
    bool eight_bits = false;   ///< matrices of its blocks have 8 bits; all else is computed in bf16
    std::string architecture;  ///< published weights: "iMF-B/2"
    std::vector<RecommendedGuidance> recommended;  ///< guidance that they are best sampled with; by steps
    std::shared_ptr<const SampleDecoder> decoder;  ///< null: samples are shown as they are drawn

    /// Shape of a sample as it is shown and written: a latent's picture, where there is a decoder.
    Shape shown_shape() const { return decoder != nullptr ? decoder->shape(sample.shape) : sample.shape; }
};

/// What a file says of the samples: metadata sample_shape ("32,32,3"), classes, class_names (a line each). Error names
/// `place` and the key that is missing or no number.
void read_sample_kind(const std::map<std::string, std::string>& metadata, const std::string& place,
                      LoadedModel& out);
std::map<std::string, std::string> sample_kind_text(const SampleKind& kind,
                                                    const std::vector<std::string>& class_names);

/// Names of the weights that a checkpoint holds: "online" first.
std::vector<std::string> weights_in(const Checkpoint& checkpoint);
/// The full name of the weights that are meant: see load_model.
std::string chosen_weights_of(const Checkpoint& checkpoint, const std::string& weights);
/// `weights`: "online", "ema" (the last average, or online when there is none) or a full name. Error lists
/// the names. `precision`: what GEMM is going to read.
LoadedModel load_model(const Checkpoint& checkpoint, const std::string& weights, Team& team,
                       Precision precision = Precision::f32);
/// The weights as they were before the first step: a function of the settings alone.
LoadedModel initial_model(const Settings& settings, Team& team, Precision precision = Precision::f32);

}  // namespace mf
