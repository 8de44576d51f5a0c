// SPDX-License-Identifier: MIT
#include "metrics/sort_floats.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace mf {
namespace {

constexpr int kDigits = 3;
constexpr int kBits = 11;
constexpr std::uint32_t kMask = (1U << kBits) - 1;

// Bits whose unsigned order is that of the floats: negative numbers are inverted, others get the sign bit.
std::uint32_t key_of(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return bits ^ ((bits >> 31) != 0 ? 0xFFFFFFFFU : 0x80000000U);
}

float value_of(std::uint32_t key) {
    return std::bit_cast<float>(key ^ ((key >> 31) != 0 ? 0x80000000U : 0xFFFFFFFFU));
}

}  // namespace

void sort_floats(std::span<float> values, std::vector<std::uint32_t>& scratch) {
    const std::size_t n = values.size();
    if (n < 512) {
        std::sort(values.begin(), values.end());
        return;
    }
    scratch.resize(2 * n);
    std::uint32_t* from = scratch.data();
    std::uint32_t* to = from + n;
    std::array<std::array<std::uint32_t, kMask + 1>, kDigits> place{};
    for (std::size_t i = 0; i < n; ++i) {
        const std::uint32_t key = key_of(values[i]);
        from[i] = key;
        for (std::uint32_t d = 0; d < kDigits; ++d) ++place[d][(key >> (d * kBits)) & kMask];
    }
    for (std::uint32_t d = 0; d < kDigits; ++d) {
        std::uint32_t start = 0;  // counts become the first place of each digit
        for (std::uint32_t& count : place[d]) start += std::exchange(count, start);
        for (std::size_t i = 0; i < n; ++i) to[place[d][(from[i] >> (d * kBits)) & kMask]++] = from[i];
        std::swap(from, to);
    }
    std::transform(from, from + n, values.begin(), value_of);
}

}  // namespace mf
