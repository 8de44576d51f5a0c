// SPDX-License-Identifier: MIT
// Sizes that a file claims, before anything is made of that size.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "core/dtype.hpp"
#include "core/shape.hpp"

namespace mf {

/// Shape::count in bytes, or nothing when it does not fit in 63 bits. (Shape::count itself does not look for
/// overflow.)
inline std::optional<std::uint64_t> tensor_bytes(const Shape& shape, DType dtype) {
    std::int64_t bytes = static_cast<std::int64_t>(size_of(dtype));
    bool zero = false;
    for (const std::int64_t d : shape) {
        zero = zero || d == 0;
        // A zero among the dimensions does not excuse the others: count() multiplies in order.
        if (d != 0 && __builtin_mul_overflow(bytes, d, &bytes)) return std::nullopt;
    }
    return zero ? 0 : static_cast<std::uint64_t>(bytes);
}

}  // namespace mf
