// SPDX-License-Identifier: MIT
// The GEMM micro-kernel: an M x kPanel tile of C in registers, one pass over k.
#pragma once

#include <cstdint>
#include <utility>

#include "core/dtype.hpp"
#include "machine.hpp"
#include "tensor/device_simd.hpp"

namespace mf::cpu {

/// How the tile starts: from zero, from a row of biases, or from what C holds.
enum class Start : std::uint8_t { zero, bias, add };

template <int M>
struct MicroTile {
    FloatVector acc[M][2];

    template <Start start>
    void begin(const float* c, std::int64_t c_row) {
#pragma GCC unroll 16
        for (int m = 0; m < M; ++m)
#pragma GCC unroll 2
            for (int v = 0; v < 2; ++v) {
                if constexpr (start == Start::zero) acc[m][v] = FloatVector{};
                if constexpr (start == Start::bias) acc[m][v] = load(c + v * kVectorFloats);
                if constexpr (start == Start::add) acc[m][v] = load(c + m * c_row + v * kVectorFloats);
            }
    }
    void end(float* c, std::int64_t c_row) const {
#pragma GCC unroll 16
        for (int m = 0; m < M; ++m)
#pragma GCC unroll 2
            for (int v = 0; v < 2; ++v) store(c + m * c_row + v * kVectorFloats, acc[m][v]);
    }
};

/// Where the left factor's element (m, k) stands. `by_rows`: a[m * stride + k]; otherwise a[k * stride + m].
/// Under bf16 an element is a pair of neighbours in k (32 bits).
template <bool pairs>
struct ElementOf {
    using type = float;
};
template <>
struct ElementOf<true> {
    using type = Pair;
};

template <bool by_rows, bool pairs>
struct LeftFactor {
    using Element = typename ElementOf<pairs>::type;
    const Element* at;
    std::int64_t stride;  ///< in elements

    /// Element of row m at the current k. Written with small multiples of the stride, which x86 addresses for free.
    template <int m>
    Element get() const {
        if constexpr (by_rows)
            return (at + (m / 3) * 3 * stride)[(m % 3) * stride];
        else
            return at[m];
    }
    void advance() { at += by_rows ? 1 : stride; }
};

template <int M, bool by_rows>
inline void run_f32(MicroTile<M>& tile, LeftFactor<by_rows, false> a, const float* b, std::int64_t b_stride,
                    std::int64_t k) {
    for (; k > 0; --k) {
        const FloatVector b0 = load(b), b1 = load(b + kVectorFloats);
        [&]<int... m>(std::integer_sequence<int, m...>) {
            ((tile.acc[m][0] += a.template get<m>() * b0, tile.acc[m][1] += a.template get<m>() * b1), ...);
        }
        (std::make_integer_sequence<int, M>{});
        a.advance();
        b += b_stride;
    }
}

template <int M, bool by_rows>
inline void run_bf16(MicroTile<M>& tile, LeftFactor<by_rows, true> a, const Pair* b, std::int64_t b_stride,
                     std::int64_t pairs) {
    for (; pairs > 0; --pairs) {
        const WordVector b0 = load(b), b1 = load(b + kVectorFloats);
        [&]<int... m>(std::integer_sequence<int, m...>) {
            ((tile.acc[m][0] = dot_pairs(tile.acc[m][0], WordVector{} + a.template get<m>(), b0),
              tile.acc[m][1] = dot_pairs(tile.acc[m][1], WordVector{} + a.template get<m>(), b1)),
             ...);
        }
        (std::make_integer_sequence<int, M>{});
        a.advance();
        b += b_stride;
    }
}

}  // namespace mf::cpu
