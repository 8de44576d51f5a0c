// SPDX-License-Identifier: MIT
// bf16 pair products with the machine's own instruction (AVX512_BF16). CMake chooses between this and bf16_plain.
#pragma once

#include <immintrin.h>

#include <bit>

#include "tensor/device_simd.hpp"

namespace mf::cpu {

inline constexpr bool kNativePairs = true;

/// acc + a.low * b.low + a.high * b.high in each lane, accumulated in f32.
inline FloatVector dot_pairs(FloatVector acc, PairVector a, PairVector b) {
    return std::bit_cast<FloatVector>(_mm512_dpbf16_ps(std::bit_cast<__m512>(acc), std::bit_cast<__m512bh>(a),
                                                       std::bit_cast<__m512bh>(b)));
}

}  // namespace mf::cpu
