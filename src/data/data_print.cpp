// SPDX-License-Identifier: MIT
#include "data/data_print.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace mf {

std::uint64_t digest_of(std::span<const std::uint8_t> bytes, std::uint64_t before) {
    constexpr std::uint64_t prime = 0x9E3779B97F4A7C15;
    std::uint64_t sum = before ^ (bytes.size() * prime);
    while (!bytes.empty()) {
        std::uint64_t word = 0;
        const std::size_t count = std::min(bytes.size(), sizeof word);
        std::memcpy(&word, bytes.data(), count);
        sum = std::rotl((sum ^ word) * prime, 29);
        bytes = bytes.subspan(count);
    }
    return sum ^ (sum >> 32);
}

std::uint64_t digest_of(std::string_view text, std::uint64_t before) {
    return digest_of({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, before);
}

}  // namespace mf
