// SPDX-License-Identifier: MIT
// From the calls in a PyTorch pickle to descriptions of tensors; used by torch_objects.cpp alone.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "io/torch_objects.hpp"

namespace mf {

class TorchRebuild {
  public:
    /// `storages` is filled with those that tensors refer to.
    TorchRebuild(const Pickle& pickle, const std::string& place,
                 std::map<std::string, TorchStorage>& storages)
        : pickle_(pickle), place_(place), storages_(storages) {}

    /// The tensor that this call builds; nothing when it builds something else. Error, naming `name`, when it is damaged.
    std::optional<TorchTensor> tensor(PickleId call, const std::string& name) const;

  private:
    std::optional<TorchTensor> built(std::string_view callable, const std::vector<PickleId>& arguments,
                                     const std::string& name, int depth) const;
    TorchTensor from_storage(const std::vector<PickleId>& arguments, const std::string& name,
                             bool typed) const;
    std::optional<TorchTensor> numpy_array(const PickleObject& call, const std::string& name) const;
    TorchTensor from_array(PickleId type, PickleId shape, PickleId bytes, bool columns_first,
                           const std::string& name) const;
    void read_storage(PickleId reference, TorchTensor& out, std::uint64_t& first, std::uint64_t& count,
                      const std::string& where) const;
    std::vector<std::int64_t> numbers(PickleId id, const std::string& where) const;
    std::int64_t number(PickleId id, const std::string& where) const;
    const PickleObject& tuple(PickleId id, std::size_t least, const std::string& where) const;
    std::string bytes_of(PickleId id, const std::string& where) const;
    std::string where(const std::string& name) const;

    const Pickle& pickle_;
    const std::string& place_;
    std::map<std::string, TorchStorage>& storages_;
};

}  // namespace mf
