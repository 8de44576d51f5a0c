// SPDX-License-Identifier: MIT
// PyTorch's element types, and the names that may stand in its files.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/dtype.hpp"

namespace mf {

struct TorchType {
    std::string_view name;         ///< "float32"
    std::string_view storage;      ///< "FloatStorage"; "" where there is no class of that kind
    std::string_view safetensors;  ///< what safetensors calls it: "F32"
    std::size_t bytes;             ///< of one number
    std::optional<DType> here;     ///< nothing: not computed with
};

/// The type of "torch.float32", "torch.FloatStorage" or "torch.cuda.FloatStorage"; null for other names.
const TorchType* torch_type(std::string_view name);
/// The type that NumPy calls "<f4"; null for others. `big`: its numbers are big endian.
const TorchType* numpy_type(std::string_view code, bool& big);

/// True for what builds tensors and containers, and for the few objects that training leaves beside weights and that are
/// carried as data (argparse.Namespace, omegaconf, callbacks of Lightning).
bool is_known_torch_name(std::string_view name);

}  // namespace mf
