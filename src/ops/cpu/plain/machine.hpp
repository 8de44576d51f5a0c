// SPDX-License-Identifier: MIT
// The functions of ops/cpu/native/machine.hpp for machines without those instructions.
#pragma once

#include <bit>

#include "tensor/device_simd.hpp"

namespace mf::cpu {

inline constexpr bool kMultipliesPairs = false;  ///< dot_pairs is one instruction

/// acc + a.low * b.low + a.high * b.high in each lane, accumulated in f32.
inline FloatVector dot_pairs(FloatVector acc, WordVector a, WordVector b) {
    const WordVector a_low = a << 16, b_low = b << 16;
    const WordVector a_high = a & 0xFFFF0000U, b_high = b & 0xFFFF0000U;
    acc += std::bit_cast<FloatVector>(a_low) * std::bit_cast<FloatVector>(b_low);
    return acc + std::bit_cast<FloatVector>(a_high) * std::bit_cast<FloatVector>(b_high);
}

/// a b + c, fused where the machine does that.
inline FloatVector fused(FloatVector a, FloatVector b, FloatVector c) { return a * b + c; }

inline FloatVector reciprocal(FloatVector x) { return 1.0F / x; }

/// p * 2^n for whole n up to 127; 0 for n below -126.
inline FloatVector scale_by_power(FloatVector p, FloatVector n) {
    // Adding 1.5 * 2^23 leaves n in the lowest bits.
    const WordVector exponent = (std::bit_cast<WordVector>(n + 12582912.0F) + 127U) << 23;
    return n < -126.0F ? FloatVector{} : p * std::bit_cast<FloatVector>(exponent);
}

/// Bits of the nearest bf16, ties to even; NaN stays NaN.
inline HalfVector to_bf16_bits(FloatVector x) {
    const auto bits = std::bit_cast<WordVector>(x);
    const WordVector rounded = (bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16;
    const WordVector quiet_nan = (bits >> 16) | 0x40U;
    return __builtin_convertvector((bits & 0x7FFFFFFFU) > 0x7F800000U ? quiet_nan : rounded, HalfVector);
}

}  // namespace mf::cpu
