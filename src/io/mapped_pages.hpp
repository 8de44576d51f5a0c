// SPDX-License-Identifier: MIT
// What of a mapped file is in memory, for files that are larger than that.
#pragma once

#include <cstdint>

#include "io/file.hpp"

namespace mf {

/// Says that bytes are read here and there: the system then reads no further than asked.
void expect_random(const MappedFile& file);
/// Gives back the memory that these bytes took in this process (the whole pages that they touch), so that what is read of a
/// large file does not add up. Who reads them again gets them again; safe beside other readers.
void let_go(const MappedFile& file, std::uint64_t offset, std::uint64_t bytes);

}  // namespace mf
