// SPDX-License-Identifier: MIT
// What a PyTorch pickle describes: tensors by name, and where their numbers are kept.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "io/pickle.hpp"
#include "io/torch_types.hpp"

namespace mf {

/// A tensor as it is described: no number was read yet.
struct TorchTensor {
    const TorchType* type = nullptr;
    std::string storage;                      ///< key of the storage that holds its numbers
    std::uint64_t offset = 0;                 ///< first number, in the storage
    std::vector<std::int64_t> dims, strides;  ///< strides count numbers, none is negative
    std::uint64_t reach = 0;                  ///< numbers of the storage up to and including its last one
    bool in_pickle = false;                   ///< an array of NumPy: `bytes` holds its numbers
    bool big_endian = false;                  ///< of those
    std::string bytes;
};

/// A storage as tensors refer to it.
struct TorchStorage {
    const TorchType* type = nullptr;
    std::uint64_t count = 0;  ///< numbers of that type (bytes, when it is of no type)
};

struct TorchContent {
    std::map<std::string, TorchTensor> tensors;
    std::map<std::string, TorchStorage> storages;
    std::map<std::string, std::string>
        notes;  ///< numbers and texts of the outermost dict, and what was left out
};

/// Walks over dicts, lists and tuples; names are joined by points ("model.net.x.weight", "optimizer.state.0.exp_avg"). Error,
/// naming `place`, for tensors that reach outside of their storage, two of one name, and structures without an end.
TorchContent torch_content(const Pickle& pickle, const std::string& place);

}  // namespace mf
