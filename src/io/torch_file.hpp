// SPDX-License-Identifier: MIT
// Files of torch.save: the archive that PyTorch writes since 1.6 (.pth, .pt, .bin, .ckpt) and the form before it, which
// has no zip around it. Their pickles are read as data (io/pickle.hpp): nothing in them is called.
#pragma once

#include <filesystem>
#include <string_view>

#include "io/named_tensors.hpp"

namespace mf {

/// Whether the checksums of an archive are compared, which reads it whole.
enum class TorchSums : std::uint8_t { trust, check };

/// True when a file that begins with these bytes (kTellingBytes of them) may be one of PyTorch: a zip archive or a pickle.
bool may_be_torch_file(std::string_view start);

/// Every tensor under the names of the dicts and lists that lead to it, joined by points. Numbers that stand in the file as
/// they are needed stay there (it is mapped); those with other strides, bytes swapped or deflated are copied. Types as in
/// safetensors (read_safetensors_header); others are foreign. Error, in one line, for names that no weights need (refused
/// by name), TorchScript and other archives, storages that are missing or too short, and damage.
NamedTensors read_torch_file(const std::filesystem::path& path, TorchSums sums = TorchSums::trust);

}  // namespace mf
