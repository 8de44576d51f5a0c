// SPDX-License-Identifier: MIT
// The vector width that the kernels are written for; the one place that asks the compiler which machine it builds for.
#pragma once

#include <cstdint>

namespace mf {

#if defined(__AVX512F__)
inline constexpr int kVectorFloats = 16;  ///< floats in one vector register
inline constexpr int kMicroRows = 12;     ///< rows of a GEMM micro-tile: 12 x 2 accumulators of 32 registers
#else
inline constexpr int kVectorFloats = 8;
inline constexpr int kMicroRows = 6;      ///< 6 x 2 accumulators of 16 registers
#endif
inline constexpr int kPanel = 2 * kVectorFloats;  ///< columns of a GEMM micro-tile and of a packed panel

// Unaligned, and allowed to look at memory of another type.
using FloatVector [[gnu::vector_size(4 * kVectorFloats), gnu::aligned(4), gnu::may_alias]] = float;
using PairVector [[gnu::vector_size(4 * kVectorFloats), gnu::aligned(4), gnu::may_alias]] = std::uint32_t;
using Pair [[gnu::aligned(2), gnu::may_alias]] = std::uint32_t;  ///< two neighbouring bf16

}  // namespace mf
