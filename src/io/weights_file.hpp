// SPDX-License-Identifier: MIT
// The door for files of weights: safetensors or PyTorch, told apart by their bytes, whatever they are called.
#pragma once

#include <filesystem>

#include "io/named_tensors.hpp"
#include "io/torch_file.hpp"

namespace mf {

/// Names, types and numbers; the file is mapped, not read. Error, in one line, for anything that is neither.
NamedTensors read_weights_file(const std::filesystem::path& path, TorchSums sums = TorchSums::trust);

}  // namespace mf
