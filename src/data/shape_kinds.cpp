// SPDX-License-Identifier: MIT
// Each figure is a few half planes, circles and their intersections; sizes make them look about equally large.
#include "data/shape_kinds.hpp"

#include <algorithm>
#include <cmath>

namespace mf {
namespace {

float length(float x, float y) { return std::sqrt(x * x + y * y); }

struct Disc {
    static float distance(float x, float y) { return length(x, y) - 0.86F; }
};

struct Ring {
    static float distance(float x, float y) { return std::abs(length(x, y) - 0.7F) - 0.24F; }
};

struct Square {
    static float distance(float x, float y) { return std::max(std::abs(x), std::abs(y)) - 0.7F; }
};

struct Triangle {
    static float distance(float x, float y) {
        return std::max(-y, 0.5F * y + 0.8660254F * std::abs(x)) - 0.5F;
    }
};

struct Cross {
    static float distance(float x, float y) {
        const float a = std::abs(x), b = std::abs(y);
        return std::max(std::min(a, b) - 0.28F, std::max(a, b) - 0.95F);
    }
};

/// A point is in a five-pointed star when at most one of the five lines through its sides has it on the outside.
struct Star {
    static float distance(float x, float y) {
        constexpr float normals[5][2] = {{0.0F, -1.0F},
                                         {0.95105652F, -0.30901699F},
                                         {0.58778525F, 0.80901699F},
                                         {-0.58778525F, 0.80901699F},
                                         {-0.95105652F, -0.30901699F}};
        float most = -4.0F, second = -4.0F;
        for (const auto& normal : normals) {
            const float d = normal[0] * x + normal[1] * y;
            second = std::max(second, std::min(most, d));
            most = std::max(most, d);
        }
        return second - 0.30901699F;
    }
};

struct Hexagon {
    static float distance(float x, float y) {
        const float a = std::abs(x), b = std::abs(y);
        return std::max(a, 0.5F * a + 0.8660254F * b) - 0.82F;
    }
};

struct Crescent {
    static float distance(float x, float y) {
        return std::max(length(x, y) - 0.95F, 0.78F - length(x - 0.45F, y));
    }
};

/// A square that stands on a corner, with a disc on each of its upper sides.
struct Heart {
    static float distance(float x, float y) {
        constexpr float half = 0.54F, middle = 0.13F;
        const float a = 0.70710678F * (y + x) + middle, b = 0.70710678F * (y - x) + middle;
        const float square = std::max(std::abs(a), std::abs(b));
        return std::min(square, std::min(length(a - half, b), length(a, b - half))) - half;
    }
};

struct Pill {
    static float distance(float x, float y) { return length(std::max(std::abs(x) - 0.62F, 0.0F), y) - 0.35F; }
};

template <class Figure>
void distances(float* out, float u, float v, float du, float dv, int count) {
    for (int i = 0; i < count; ++i) {
        const auto step = static_cast<float>(i);
        out[i] = Figure::distance(u + step * du, v + step * dv);
    }
}

constexpr ShapeKind kKinds[] = {
    {"disc", distances<Disc>},         {"ring", distances<Ring>},         {"square", distances<Square>},
    {"triangle", distances<Triangle>}, {"cross", distances<Cross>},       {"star", distances<Star>},
    {"hexagon", distances<Hexagon>},   {"crescent", distances<Crescent>}, {"heart", distances<Heart>},
    {"pill", distances<Pill>},
};

}  // namespace

std::span<const ShapeKind> shape_kinds() { return kKinds; }

}  // namespace mf
