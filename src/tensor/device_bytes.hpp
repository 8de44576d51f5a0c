// SPDX-License-Identifier: MIT
// Products of whole numbers of 8 bits, by what the machine has for them. All ways give the same sums.
#pragma once

#include <bit>
#include <cstdint>

#include "tensor/device_simd.hpp"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace mf {

/// How one factor is kept: bytes, where four products a lane are one instruction; otherwise words of 16 bits, of which two
/// are (products of two bytes, added in pairs, would not fit into 16).
#if defined(__AVX512VNNI__)
using ByteFactor = std::int8_t;
#else
using ByteFactor = std::int16_t;
#endif
inline constexpr bool kFourProducts = sizeof(ByteFactor) == 1;

/// The nearest whole numbers, ties to even; |x| < 2^22. A step of its own, so that the product behind x is rounded before it
/// in every build.
inline IntVector nearest(FloatVector x) {
#if defined(__AVX512F__)
    return std::bit_cast<IntVector>(_mm512_maskz_cvtps_epi32(0xFFFF, std::bit_cast<__m512>(x)));
#elif defined(__AVX2__)
    return std::bit_cast<IntVector>(_mm256_cvtps_epi32(std::bit_cast<__m256>(x)));
#else
    const FloatVector magic = FloatVector{} + 12582912.0F;
    return std::bit_cast<IntVector>(x + magic) - std::bit_cast<IntVector>(magic);
#endif
}

/// acc + the four products of a lane: of the numbers 0 .. 255 of `a`, and -128 .. 127 of `b`.
inline IntVector dot_bytes(IntVector acc, WordVector a, WordVector b) {
#if defined(__AVX512VNNI__)
    return std::bit_cast<IntVector>(_mm512_dpbusd_epi32(
        std::bit_cast<__m512i>(acc), std::bit_cast<__m512i>(a), std::bit_cast<__m512i>(b)));
#else
    const auto bytes = std::bit_cast<IntVector>(b);
    for (int shift = 0; shift < 32; shift += 8)
        acc += std::bit_cast<IntVector>((a >> shift) & 255U) * ((bytes << (24 - shift)) >> 24);
    return acc;
#endif
}

/// acc + the two products of a lane, of signed numbers of 16 bits.
inline IntVector dot_words(IntVector acc, WordVector a, WordVector b) {
#if defined(__AVX512BW__)
    return acc +
           std::bit_cast<IntVector>(_mm512_madd_epi16(std::bit_cast<__m512i>(a), std::bit_cast<__m512i>(b)));
#elif defined(__AVX2__) && !defined(__AVX512F__)
    return acc +
           std::bit_cast<IntVector>(_mm256_madd_epi16(std::bit_cast<__m256i>(a), std::bit_cast<__m256i>(b)));
#else
    const auto x = std::bit_cast<IntVector>(a), y = std::bit_cast<IntVector>(b);
    return acc + ((x << 16) >> 16) * ((y << 16) >> 16) + (x >> 16) * (y >> 16);
#endif
}

}  // namespace mf
