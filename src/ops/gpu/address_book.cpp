// SPDX-License-Identifier: MIT
#include "ops/gpu/address_book.hpp"

#include <sys/mman.h>

#include "core/error.hpp"

namespace mf::opencl {
namespace {

std::uintptr_t number_of(const void* address) { return reinterpret_cast<std::uintptr_t>(address); }

}  // namespace

AddressBook::~AddressBook() {
    for (const auto& [first, entry] : entries_)
        ::munmap(reinterpret_cast<void*>(first), entry.bytes);  // NOLINT: addresses are numbers here
}

void* AddressBook::add(Memory object, std::size_t bytes) {
    void* const first = ::mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    check(first != MAP_FAILED, "[memory] the system has no addresses for {:.1f} MiB of a device",
          static_cast<double>(bytes) / 1048576.0);
    entries_.emplace(number_of(first), Entry{object, bytes});
    total_ += bytes;
    return first;
}

Memory AddressBook::remove(void* first) {
    const auto found = entries_.find(number_of(first));
    check(found != entries_.end(), "[memory] {} is given back but is not memory of this device", first);
    const Entry entry = found->second;
    entries_.erase(found);
    total_ -= entry.bytes;
    ::munmap(first, entry.bytes);
    return entry.object;
}

AddressBook::Place AddressBook::find(const void* address, std::size_t bytes) const {
    const std::uintptr_t wanted = number_of(address);
    const auto behind = entries_.upper_bound(wanted);
    check(behind != entries_.begin(), "[memory] {} is not in the memory of this device", address);
    const auto& [first, entry] = *std::prev(behind);
    check(wanted - first + bytes <= entry.bytes,
          "[memory] {} bytes from {} on are not in the memory of this device", bytes, address);
    return {entry.object, wanted - first};
}

}  // namespace mf::opencl
