// SPDX-License-Identifier: MIT
#include "data/shuffle.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"

namespace mf {
namespace {

/// Every bit of the result depends on every bit of `x` (the finaliser of MurmurHash3, A. Appleby, public domain).
std::uint32_t mixed(std::uint32_t x) {
    x = (x ^ x >> 16) * 0x85EBCA6BU;
    x = (x ^ x >> 13) * 0xC2B2AE35U;
    return x ^ x >> 16;
}

/// A number of 0 ... side - 1 that depends on `value` and `key`.
std::uint32_t scrambled(std::uint32_t value, std::uint32_t key, std::uint32_t side) {
    return static_cast<std::uint32_t>(std::uint64_t{mixed(value ^ key)} * side >> 32);
}

std::uint32_t added(std::uint32_t a, std::uint32_t b, std::uint32_t side) {
    const std::uint64_t sum = std::uint64_t{a} + b;
    return static_cast<std::uint32_t>(sum >= side ? sum - side : sum);
}

}  // namespace

Shuffle::Shuffle(std::int64_t size, std::uint64_t seed, Stream stream, std::uint64_t epoch)
    : size_(static_cast<std::uint64_t>(size)) {
    check(size >= 1 && size <= std::int64_t{1} << 60, "[shuffle] cannot shuffle {} samples", size);
    // Small rectangles have few networks; with sides of 8 at the least, every order of a tiny set comes up.
    const auto side = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(size)));
    const std::uint64_t left = std::max<std::uint64_t>(side, 8);
    left_side_ = static_cast<std::uint32_t>(left);
    right_side_ = static_cast<std::uint32_t>(std::max<std::uint64_t>((size_ + left - 1) / left, 8));
    for (std::uint32_t half = 0; half < 2; ++half) {
        const auto words =
            philox(seed, Stream::shuffle, epoch, 2 * static_cast<std::uint32_t>(stream) + half);
        std::ranges::copy(words, keys_.begin() + 4 * half);
    }
}

std::int64_t Shuffle::operator()(std::int64_t position) const {
    auto cell = static_cast<std::uint64_t>(position);
    do {
        auto left = static_cast<std::uint32_t>(cell / right_side_);
        auto right = static_cast<std::uint32_t>(cell % right_side_);
        for (std::size_t round = 0; round < keys_.size(); round += 2) {
            left = added(left, scrambled(right, keys_[round], left_side_), left_side_);
            right = added(right, scrambled(left, keys_[round + 1], right_side_), right_side_);
        }
        cell = std::uint64_t{left} * right_side_ + right;
    } while (cell >= size_);
    return static_cast<std::int64_t>(cell);
}

}  // namespace mf
