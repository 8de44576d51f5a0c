// SPDX-License-Identifier: MIT
// Small helpers for the cases of ops on sequences: data are samples by rows, (samples, tokens * C).
#pragma once

#include <cmath>

#include "ops/cases/entries.hpp"

namespace mf {

struct SequenceSize {
    std::int64_t samples, tokens, heads, d;
    std::int64_t columns() const { return heads * d; }
    std::int64_t row() const { return tokens * heads * d; }
    std::string text() const { return fmt::format("{}x{}x{}x{}", samples, tokens, heads, d); }
};

inline std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

}  // namespace mf
