// SPDX-License-Identifier: MIT
// Named arrays in NumPy's .npz format: a zip archive of .npy files (see npy.hpp for the types), under 4 GiB.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "tensor/tensor.hpp"

namespace mf {

/// Reads what numpy.savez and numpy.savez_compressed write. Every entry must be an array of a supported type.
std::map<std::string, Tensor> read_npz(const std::filesystem::path& path);

/// Writes atomically, without compression; equal content gives equal bytes. Error when it would take 4 GiB or
/// more.
void write_npz(const std::filesystem::path& path, const std::map<std::string, Tensor>& tensors);

}  // namespace mf
