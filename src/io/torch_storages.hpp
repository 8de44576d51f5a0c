// SPDX-License-Identifier: MIT
// From descriptions of tensors and the bytes of their storages to tensors; used by the readers of torch files alone.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>

#include "io/named_tensors.hpp"
#include "io/torch_objects.hpp"

namespace mf {

/// The bytes of a storage; they live as long as the result.
using TorchBytes = std::function<std::span<const std::byte>(const std::string& key)>;

/// Puts the tensors of `content` into `out`. `big`: numbers are big endian. `file_bytes`: the size of the file, which
/// bounds what copies may take. Error, naming `place` and the tensor, when a storage is too short.
void take_tensors(const TorchContent& content, const TorchBytes& bytes_of, bool big, std::uint64_t file_bytes,
                  const std::string& place, NamedTensors& out);

}  // namespace mf
