// SPDX-License-Identifier: MIT
#pragma once

#include <span>

namespace mf {

/// A plane figure inside of the unit circle.
struct ShapeKind {
    const char* name;
    /// Signed distances, negative inside, of the points (u + i du, v + i dv), i = 0 ... count - 1, to the outline. Exact
    /// near it, away from corners; further off only the sign is.
    void (*distances)(float* out, float u, float v, float du, float dv, int count);
};

/// disc, ring, square, triangle, cross, star, hexagon, crescent, heart, pill.
std::span<const ShapeKind> shape_kinds();

}  // namespace mf
