// SPDX-License-Identifier: MIT
// One panel-wide strip of a matrix product, cut into micro-tiles: what GEMM and attention are made of.
#pragma once

#include <algorithm>
#include <cstddef>

#include "ops/cpu/micro_kernel.hpp"

namespace mf::cpu {

/// One panel-wide strip of a product: C[m][0 .. width) for all m.
struct Strip {
    const std::byte* a;     ///< left factor
    std::int64_t a_stride;  ///< in f32 or in pairs of bf16
    const std::byte* b;     ///< right factor, kPanel columns
    std::int64_t b_stride;
    std::int64_t k;  ///< steps: elements (f32) or pairs (bf16)
    float* c;
    std::int64_t c_row;
    std::int64_t m, width;
    const float* bias;
};

template <int M, bool by_rows, bool pairs, Start start>
void micro(const Strip& s, std::int64_t m0) {
    MicroTile<M> tile;
    float* const c = s.c + m0 * s.c_row;
    float edge[M * kPanel];  // a narrow last strip is computed here and copied
    const bool whole = s.width == kPanel;
    if constexpr (start == Start::bias) {
        if (!whole) {
            std::fill_n(edge, kPanel, 0.0F);
            std::copy_n(s.bias, s.width, edge);
        }
        tile.template begin<Start::bias>(whole ? s.bias : edge, 0);
    } else if constexpr (start == Start::add) {
        if (!whole) {
            std::fill_n(edge, M * kPanel, 0.0F);
            for (int m = 0; m < M; ++m) std::copy_n(c + m * s.c_row, s.width, edge + m * kPanel);
        }
        tile.template begin<Start::add>(whole ? c : edge, whole ? s.c_row : kPanel);
    } else {
        tile.template begin<Start::zero>(c, 0);
    }
    if constexpr (pairs) {
        const auto* a = reinterpret_cast<const Pair*>(s.a) + (by_rows ? m0 * s.a_stride : m0);
        run_bf16<M>(tile, LeftFactor<by_rows, true>{a, s.a_stride}, reinterpret_cast<const Pair*>(s.b),
                    s.b_stride, s.k);
    } else {
        const auto* a = reinterpret_cast<const float*>(s.a) + (by_rows ? m0 * s.a_stride : m0);
        run_f32<M>(tile, LeftFactor<by_rows, false>{a, s.a_stride}, reinterpret_cast<const float*>(s.b),
                   s.b_stride, s.k);
    }
    if (whole) {
        tile.end(c, s.c_row);
    } else {
        tile.end(edge, kPanel);
        for (int m = 0; m < M; ++m) std::copy_n(edge + m * kPanel, s.width, c + m * s.c_row);
    }
}

template <bool by_rows, bool pairs, Start start, int M = kMicroRows>
void micro_of(const Strip& s, std::int64_t m0, std::int64_t rows) {
    if (rows == M) return micro<M, by_rows, pairs, start>(s, m0);
    if constexpr (M > 1) micro_of<by_rows, pairs, start, M - 1>(s, m0, rows);
}

/// All rows of a strip, cut into micro-tiles of nearly equal height.
template <bool by_rows, bool pairs, Start start>
void run_strip(const Strip& s) {
    const std::int64_t tiles = (s.m + kMicroRows - 1) / kMicroRows;
    for (std::int64_t i = 0; i < tiles; ++i) {
        const std::int64_t begin = s.m * i / tiles, end = s.m * (i + 1) / tiles;
        micro_of<by_rows, pairs, start>(s, begin, end - begin);
    }
}

}  // namespace mf::cpu
