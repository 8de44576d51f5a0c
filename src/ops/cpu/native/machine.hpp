// SPDX-License-Identifier: MIT
// Instructions of AVX-512 with BF16. CMake chooses between this header and the one in ops/cpu/plain.
#pragma once

#include <bit>

#include <immintrin.h>

#include "tensor/device_simd.hpp"

namespace mf::cpu {

inline constexpr bool kMultipliesPairs = true;  ///< dot_pairs is one instruction

/// acc + a.low * b.low + a.high * b.high in each lane, accumulated in f32.
inline FloatVector dot_pairs(FloatVector acc, WordVector a, WordVector b) {
    return std::bit_cast<FloatVector>(
        _mm512_dpbf16_ps(std::bit_cast<__m512>(acc), std::bit_cast<__m512bh>(a), std::bit_cast<__m512bh>(b)));
}

/// a b + c with one rounding. The laws say where products are fused: left to the compiler it differs from one copy of
/// an inlined function to the next, and with it the last bit of a row in a batch and alone.
inline FloatVector fused(FloatVector a, FloatVector b, FloatVector c) {
    return std::bit_cast<FloatVector>(
        _mm512_fmadd_ps(std::bit_cast<__m512>(a), std::bit_cast<__m512>(b), std::bit_cast<__m512>(c)));
}

/// 1 / x for normal x, relative error below 2e-7: the machine's estimate (2^-14) and one Newton step.
inline FloatVector reciprocal(FloatVector x) {
    const auto y = std::bit_cast<FloatVector>(_mm512_maskz_rcp14_ps(0xFFFF, std::bit_cast<__m512>(x)));
    return fused(y, fused(-x, y, FloatVector{} + 1.0F), y);
}

/// p * 2^n for whole n; 0 where that is below the smallest float.
inline FloatVector scale_by_power(FloatVector p, FloatVector n) {
    return std::bit_cast<FloatVector>(
        _mm512_maskz_scalef_ps(0xFFFF, std::bit_cast<__m512>(p), std::bit_cast<__m512>(n)));
}

/// Bits of the nearest bf16, ties to even.
inline HalfVector to_bf16_bits(FloatVector x) {
    return std::bit_cast<HalfVector>(_mm512_cvtneps_pbh(std::bit_cast<__m512>(x)));
}

}  // namespace mf::cpu
