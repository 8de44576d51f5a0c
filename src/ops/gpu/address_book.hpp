// SPDX-License-Identifier: MIT
// Addresses for memory that has none: OpenCL gives objects, kernels are given pointers that may be counted up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "ops/gpu/opencl_api.hpp"

namespace mf::opencl {

/// Every object gets a range of addresses that nothing else has, and that ends the program when the host touches it.
class AddressBook {
  public:
    struct Place {
        Memory object;
        std::size_t offset;  ///< bytes from its begin
    };

    AddressBook() = default;
    AddressBook(const AddressBook&) = delete;
    AddressBook& operator=(const AddressBook&) = delete;
    ~AddressBook();

    /// Error when there are no more addresses.
    void* add(Memory object, std::size_t bytes);
    /// The object, which has no addresses from now on.
    Memory remove(void* first);
    /// Error when the `bytes` from this address on are not those of one object.
    Place find(const void* address, std::size_t bytes) const;

    std::size_t total_bytes() const { return total_; }

  private:
    struct Entry {
        Memory object;
        std::size_t bytes;
    };
    std::map<std::uintptr_t, Entry> entries_;
    std::size_t total_ = 0;
};

}  // namespace mf::opencl
