// SPDX-License-Identifier: MIT
// The vector width that the kernels are written for; the one place that asks the compiler which machine it builds for.
#pragma once

#include <cstdint>

#if !defined(__AVX2__)
#error "only loops that are compiled for an instruction set may know how wide a vector is"
#endif

namespace mf {

#if defined(__AVX512F__)
inline constexpr int kVectorFloats = 16;  ///< floats in one vector register
inline constexpr int kMicroRows = 12;     ///< rows of a GEMM micro-tile: 12 x 2 accumulators of 32 registers
#else
inline constexpr int kVectorFloats = 8;
inline constexpr int kMicroRows = 6;  ///< 6 x 2 accumulators of 16 registers
#endif
inline constexpr int kPanel = 2 * kVectorFloats;  ///< columns of a GEMM micro-tile and of a packed panel

using FloatVector [[gnu::vector_size(4 * kVectorFloats)]] = float;
using WordVector [[gnu::vector_size(4 * kVectorFloats)]] =
    std::uint32_t;  ///< also: two neighbouring bf16 a lane
using IntVector [[gnu::vector_size(4 * kVectorFloats)]] = std::int32_t;
using HalfVector [[gnu::vector_size(2 * kVectorFloats)]] = std::uint16_t;  ///< bits of one bf16 a lane
using Pair [[gnu::aligned(2), gnu::may_alias]] = std::uint32_t;  ///< two neighbouring bf16 in memory

/// Vectors in memory: at any address, over any type.
inline FloatVector load(const float* at) {
    using Memory [[gnu::vector_size(4 * kVectorFloats), gnu::aligned(4), gnu::may_alias]] = float;
    return *reinterpret_cast<const Memory*>(at);
}
inline WordVector load(const Pair* at) {
    using Memory [[gnu::vector_size(4 * kVectorFloats), gnu::aligned(2), gnu::may_alias]] = std::uint32_t;
    return *reinterpret_cast<const Memory*>(at);
}
/// Four neighbouring bytes a lane.
inline WordVector load_bytes(const std::uint8_t* at) {
    using Memory [[gnu::vector_size(4 * kVectorFloats), gnu::aligned(1), gnu::may_alias]] = std::uint32_t;
    return *reinterpret_cast<const Memory*>(at);
}
inline HalfVector load_half(const void* at) {
    using Memory [[gnu::vector_size(2 * kVectorFloats), gnu::aligned(2), gnu::may_alias]] = std::uint16_t;
    return *static_cast<const Memory*>(at);
}
inline void store(float* at, FloatVector value) {
    using Memory [[gnu::vector_size(4 * kVectorFloats), gnu::aligned(4), gnu::may_alias]] = float;
    *reinterpret_cast<Memory*>(at) = value;
}
inline void store_half(void* at, HalfVector value) {
    using Memory [[gnu::vector_size(2 * kVectorFloats), gnu::aligned(2), gnu::may_alias]] = std::uint16_t;
    *static_cast<Memory*>(at) = value;
}

}  // namespace mf
