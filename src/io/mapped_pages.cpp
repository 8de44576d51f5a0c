// SPDX-License-Identifier: MIT
#include "io/mapped_pages.hpp"

#include <algorithm>

#include <sys/mman.h>
#include <unistd.h>

namespace mf {

// Advice: where the system does not take it nothing is lost but speed or memory.
void expect_random(const MappedFile& file) {
    const auto bytes = file.bytes();
    if (!bytes.empty()) ::madvise(const_cast<std::byte*>(bytes.data()), bytes.size(), MADV_RANDOM);
}

void let_go(const MappedFile& file, std::uint64_t offset, std::uint64_t bytes) {
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    const std::uint64_t begin = offset / page * page;
    const std::uint64_t end = std::min<std::uint64_t>(file.bytes().size(), offset + bytes);
    if (begin < end)
        ::madvise(const_cast<std::byte*>(file.bytes().data()) + begin, end - begin, MADV_DONTNEED);
}

}  // namespace mf
