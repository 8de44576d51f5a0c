// SPDX-License-Identifier: MIT
// Weights to start a training from, wherever they are: a run, a checkpoint, a file of weights.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/options.hpp"
#include "io/named_tensors.hpp"

namespace mf {

struct SourceWeights {
    TensorFile file;                       ///< under the names of this program
    std::optional<Settings> settings;      ///< of their training, where they say
    std::vector<std::string> class_names;  ///< by label, where they say
    std::string what;                      ///< "ema_0.999 of step 400", for people
    std::vector<std::string> remarks;
    std::shared_ptr<const void> owner;  ///< what the tensors are views of
};

/// `weights`: as --weights (see load_model). Error when there are none at `path`, or none that are known.
SourceWeights read_source_weights(const std::filesystem::path& path, const std::string& weights);

}  // namespace mf
