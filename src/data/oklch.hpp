// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "core/vector_math.hpp"

namespace mf {

using Rgb = std::array<float, 3>;

/// A colour by how light it looks (0 black, 1 white), how strong it is (0 gray, about 0.3 the strongest) and its hue on
/// [0, 1] turns, as gamma-coded sRGB on [0, 1]; what no screen can show is cut.
/// Source: B. Ottosson, "A perceptual color space for image processing" (2020).
inline Rgb from_oklch(float lightness, float chroma, float hue) {
    const SinCos turn = sincos_turns(hue);
    const float a = chroma * turn.cos, b = chroma * turn.sin;
    const auto cube = [](float x) { return x * x * x; };
    const float l = cube(lightness + 0.3963377774F * a + 0.2158037573F * b);
    const float m = cube(lightness - 0.1055613458F * a - 0.0638541728F * b);
    const float s = cube(lightness - 0.0894841775F * a - 1.2914855480F * b);
    const auto coded = [](float light) {
        light = std::clamp(light, 0.0F, 1.0F);
        return light <= 0.0031308F ? 12.92F * light : 1.055F * std::pow(light, 1 / 2.4F) - 0.055F;
    };
    return {coded(4.0767416621F * l - 3.3077115913F * m + 0.2309699292F * s),
            coded(-1.2684380046F * l + 2.6097574011F * m - 0.3413193965F * s),
            coded(-0.0041960863F * l - 0.7034186147F * m + 1.7076147010F * s)};
}

}  // namespace mf
