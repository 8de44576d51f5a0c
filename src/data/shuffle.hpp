// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>

#include "core/rng.hpp"

namespace mf {

/// The order in which one epoch visits a set of `size` samples: a permutation of 0 ... size - 1 that is a function of
/// (seed, stream, epoch) and keeps nothing, so that training goes on in the middle of an epoch without any file.
///
/// A Feistel network on pairs (left, right) of a rectangle of at least `size` cells, whose rounds add modulo its sides;
/// cells beyond `size` are walked through until one inside comes.
/// Source: J. Black, P. Rogaway, "Ciphers with arbitrary finite domains" (2002), methods 2 and 3.
class Shuffle {
  public:
    /// `size`: 1 to 2^60.
    Shuffle(std::int64_t size, std::uint64_t seed, Stream stream, std::uint64_t epoch);
    /// Sample at `position` (0 ... size - 1). A few nanoseconds.
    std::int64_t operator()(std::int64_t position) const;

  private:
    std::uint64_t size_;
    std::uint32_t left_side_, right_side_;
    std::array<std::uint32_t, 8> keys_{};  // one a round
};

}  // namespace mf
