// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "core/error.hpp"
#include "core/shape.hpp"

namespace mf {

/// A square window that steps over a picture with `padding` rows and columns around it.
struct PoolGeometry {
    int kernel = 2, stride = 2, padding = 0;
    bool count_padding = false;  ///< averages divide by all places of a window, those outside the picture too

    /// How many windows fit along a side.
    std::int64_t windows(std::int64_t side) const { return (side + 2 * padding - kernel) / stride + 1; }
    /// Error unless pictures of this shape hold a window, and every window meets the picture.
    void check_fits(const char* op, const Shape& x) const {
        check(x.rank() == 4, "[{}] x must be (pictures, height, width, channels) but is {}", op, x);
        check(kernel > 0 && stride > 0 && padding >= 0 && 2 * padding <= kernel,
              "[{}] a window of {}, steps of {} and padding of {} do not go together", op, kernel, stride,
              padding);
        check(x[1] + 2 * padding >= kernel && x[2] + 2 * padding >= kernel,
              "[{}] x {} is smaller than the window of {}", op, x, kernel);
    }
};

}  // namespace mf
