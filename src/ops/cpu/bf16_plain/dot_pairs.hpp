// SPDX-License-Identifier: MIT
// bf16 pair products for machines without an instruction for them. CMake chooses between this and bf16_native.
#pragma once

#include <bit>

#include "tensor/device_simd.hpp"

namespace mf::cpu {

inline constexpr bool kNativePairs = false;

/// acc + a.low * b.low + a.high * b.high in each lane, accumulated in f32.
inline FloatVector dot_pairs(FloatVector acc, PairVector a, PairVector b) {
    const PairVector a_low = a << 16, b_low = b << 16;
    const PairVector a_high = a & 0xFFFF0000U, b_high = b & 0xFFFF0000U;
    acc += std::bit_cast<FloatVector>(a_low) * std::bit_cast<FloatVector>(b_low);
    return acc + std::bit_cast<FloatVector>(a_high) * std::bit_cast<FloatVector>(b_high);
}

}  // namespace mf::cpu
