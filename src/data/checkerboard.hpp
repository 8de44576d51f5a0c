// SPDX-License-Identifier: MIT
// The checkerboard's arithmetic, apart from random numbers.
#pragma once

#include "data/point_rows.hpp"

namespace mf {

/// The point at (ax, ay), both on [0, 1), of cell (cell_x, cell_y) of a grid x grid board on [-scale,
/// scale]^2; cell (0, 0) is at the lower left. Cells with cell_x + cell_y odd are filled.
inline Point checkerboard_point(int cell_x, int cell_y, float ax, float ay, int grid, float scale) {
    const float cell = 2.0F * scale / static_cast<float>(grid);
    return {(static_cast<float>(cell_x) * cell - scale) + ax * cell,
            (static_cast<float>(cell_y) * cell - scale) + ay * cell};
}

}  // namespace mf
