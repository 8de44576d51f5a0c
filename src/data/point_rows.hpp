// SPDX-License-Identifier: MIT
// How every closed-form point set is drawn: uniform numbers in, one point out, 64 rows at a time.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "core/rng.hpp"

namespace mf {

struct Point {
    float x, y;
};

/// Share of the support's scale by which single-precision rounding may push a drawn point over an edge;
/// `contains` and `mode_of` count such points as inside.
inline constexpr double kEdgeSlack = 4e-6;

/// Fills `out` (count, 2) with `point(a, b, c)` of three numbers uniform on [0, 1) a row. Point sets have no
/// classes: labels, when asked for, are 0. Whole chunks are always computed, so that a row goes through the
/// same instructions wherever it stands in a batch.
template <class PointOf>
void draw_point_rows(float* out, std::int32_t* labels, const Random& random, std::uint64_t first,
                     std::int64_t count, PointOf point) {
    constexpr std::int64_t chunk = 64;
    float a[chunk], b[chunk], c[chunk], xy[2 * chunk];
    for (std::int64_t at = 0; at < count; at += chunk) {
        random.uniforms(a, b, c, nullptr, first + static_cast<std::uint64_t>(at), chunk);
        for (std::int64_t i = 0; i < chunk; ++i) {
            const Point p = point(a[i], b[i], c[i]);
            xy[2 * i] = p.x;
            xy[2 * i + 1] = p.y;
        }
        std::copy_n(xy, 2 * std::min(chunk, count - at), out + 2 * at);
    }
    if (labels != nullptr) std::fill_n(labels, count, 0);
}

/// floor(u * n) for u in [0, 1): a number of 0 .. n-1, all as likely.
inline float pick(float u, float n) { return std::min(std::floor(u * n), n - 1.0F); }

/// An angle in turns brought to [0, 1].
inline float wrap_turns(float turns) { return turns - std::floor(turns); }
inline double wrap_turns(double turns) { return turns - std::floor(turns); }

/// Angle of (x, y) in turns, on [0, 1].
inline double turns_of(double x, double y) { return wrap_turns(std::atan2(y, x) / (2 * std::numbers::pi)); }

/// Radius that is uniform by area between two radii given by their squares, for u uniform on [0, 1).
inline float radius_by_area(float low_square, float high_square, float u) {
    return std::sqrt(low_square + u * (high_square - low_square));
}

}  // namespace mf
