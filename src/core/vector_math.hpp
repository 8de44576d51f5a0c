// SPDX-License-Identifier: MIT
// Branch-free single-precision functions that a compiler turns into vector code when they stand in a loop.
#pragma once

#include <bit>
#include <cstdint>

namespace mf {

/// e^x, relative error below 2e-7 for |x| < 87; saturates outside.
inline float fast_exp(float x) {
    x = x < -87.0F ? -87.0F : x;
    x = x > 88.0F ? 88.0F : x;
    // x = n ln2 + f, |f| <= ln2 / 2; adding 1.5 * 2^23 rounds to the nearest integer.
    const float shifted = x * 1.44269504F + 12582912.0F;
    const float n = shifted - 12582912.0F;
    const float f = (x - n * 0.693359375F) + n * 2.12194440e-4F;
    float p = 1.9875691500e-4F * f + 1.3981999507e-3F;
    p = p * f + 8.3334519073e-3F;
    p = p * f + 4.1665795894e-2F;
    p = p * f + 1.6666665459e-1F;
    p = p * f + 5.0000001201e-1F;
    p = p * f * f + f + 1.0F;
    const auto exponent = (std::bit_cast<std::uint32_t>(shifted) + 127U) << 23;
    return p * std::bit_cast<float>(exponent);
}

/// Natural logarithm of a positive normal number, absolute error below 2e-7 near 1, relative below 2e-7 elsewhere.
inline float fast_log(float x) {
    // x = m 2^k with m in [sqrt(1/2), sqrt(2)).
    const auto bits = std::bit_cast<std::uint32_t>(x);
    const auto k = static_cast<std::int32_t>(bits - 0x3F3504F3U) >> 23;
    const float m = std::bit_cast<float>(bits - (static_cast<std::uint32_t>(k) << 23)) - 1.0F;
    float p = 7.0376836292e-2F;
    p = p * m - 1.1514610310e-1F;
    p = p * m + 1.1676998740e-1F;
    p = p * m - 1.2420140846e-1F;
    p = p * m + 1.4249322787e-1F;
    p = p * m - 1.6668057665e-1F;
    p = p * m + 2.0000714765e-1F;
    p = p * m - 2.4999993993e-1F;
    p = p * m + 3.3333331174e-1F;
    const float m2 = m * m;
    const auto e = static_cast<float>(k);
    return m + (p * m * m2 - 0.5F * m2 - 2.12194440e-4F * e) + 0.693359375F * e;
}

struct SinCos {
    float sin, cos;
};

/// sin and cos of 2 pi u for u in [0, 1], absolute error below 2e-7.
inline SinCos sincos_turns(float u) {
    // Quarter turns q (nearest), remainder in [-1/8, 1/8] turns.
    const float shifted = u * 4.0F + 12582912.0F;
    const auto q = std::bit_cast<std::uint32_t>(shifted);
    const float a = (u * 4.0F - (shifted - 12582912.0F)) * 1.57079632679F;
    const float a2 = a * a;
    const float s = a + a * a2 * (-1.6666654611e-1F + a2 * (8.3321608736e-3F + a2 * -1.9515295891e-4F));
    const float c =
        1.0F - 0.5F * a2 +
        a2 * a2 * (4.166664568298827e-2F + a2 * (-1.388731625493765e-3F + a2 * 2.443315711809948e-5F));
    const bool swap = (q & 1U) != 0;
    const float sin_abs = swap ? c : s;
    const float cos_abs = swap ? s : c;
    const std::uint32_t sin_sign = (q & 2U) << 30;
    const std::uint32_t cos_sign = ((q + 1U) & 2U) << 30;
    return {std::bit_cast<float>(std::bit_cast<std::uint32_t>(sin_abs) ^ sin_sign),
            std::bit_cast<float>(std::bit_cast<std::uint32_t>(cos_abs) ^ cos_sign)};
}

}  // namespace mf
