// SPDX-License-Identifier: MIT
// What a set of pictures holds in a few numbers, to be told from another one that is called the same.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mf {

/// By label; one entry where there are no classes; empty for sets that are drawn, which do not change.
struct DataPrint {
    std::vector<std::int64_t> counts;  ///< pictures
    std::vector<std::string>
        digests;  ///< 16 hex digits of the pictures as they are learnt and the names of their files
};

/// Adds bytes to a digest: about 6 GB/s, against changes by accident, not by intent.
std::uint64_t digest_of(std::span<const std::uint8_t> bytes, std::uint64_t before = 0);
std::uint64_t digest_of(std::string_view text, std::uint64_t before = 0);

}  // namespace mf
