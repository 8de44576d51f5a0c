// SPDX-License-Identifier: MIT
// A strip of a convolution, cut into micro-tiles: pixels of one output row times a panel of output channels.
#pragma once

#include <algorithm>
#include <cstddef>

#include "ops/cpu/micro_kernel.hpp"

namespace mf::cpu {

struct TapStrip {
    const std::byte* a;      ///< first tap of the first pixel; the taps of one kernel row follow each other
    std::int64_t a_pixel;    ///< from pixel to pixel, in f32 or in pairs of bf16, as all of these
    std::int64_t a_row;      ///< from kernel row to kernel row
    std::int64_t rows, run;  ///< kernel rows; elements of one of them (taps * channels)
    const std::byte* b;      ///< a panel
    float* c;
    std::int64_t c_row;
    std::int64_t m, width;  ///< pixels; columns of the panel that exist
    const float* bias;      ///< kPanel numbers
};

template <int M, bool pairs>
void tap_tile(const TapStrip& s, std::int64_t m0) {
    MicroTile<M> tile;
    tile.template begin<Start::bias>(s.bias, 0);
    if constexpr (pairs) {
        const auto* a = reinterpret_cast<const Pair*>(s.a) + m0 * s.a_pixel;
        const auto* b = reinterpret_cast<const Pair*>(s.b);
        for (std::int64_t u = 0; u < s.rows; ++u, a += s.a_row, b += s.run * kPanel)
            run_bf16<M>(tile, LeftFactor<true, true>{a, s.a_pixel}, b, kPanel, s.run);
    } else {
        const auto* a = reinterpret_cast<const float*>(s.a) + m0 * s.a_pixel;
        const auto* b = reinterpret_cast<const float*>(s.b);
        for (std::int64_t u = 0; u < s.rows; ++u, a += s.a_row, b += s.run * kPanel)
            run_f32<M>(tile, LeftFactor<true, false>{a, s.a_pixel}, b, kPanel, s.run);
    }
    float* const c = s.c + m0 * s.c_row;
    if (s.width == kPanel) {
        tile.end(c, s.c_row);
    } else {
        float edge[M * kPanel];
        tile.end(edge, kPanel);
        for (int m = 0; m < M; ++m) std::copy_n(edge + m * kPanel, s.width, c + m * s.c_row);
    }
}

template <bool pairs, int M = kMicroRows>
void tap_tile_of(const TapStrip& s, std::int64_t m0, std::int64_t pixels) {
    if (pixels == M) return tap_tile<M, pairs>(s, m0);
    if constexpr (M > 1) tap_tile_of<pairs, M - 1>(s, m0, pixels);
}

/// All pixels of a strip, cut into micro-tiles of nearly equal height.
template <bool pairs>
void run_taps(const TapStrip& s) {
    const std::int64_t tiles = (s.m + kMicroRows - 1) / kMicroRows;
    for (std::int64_t i = 0; i < tiles; ++i) {
        const std::int64_t begin = s.m * i / tiles, end = s.m * (i + 1) / tiles;
        tap_tile_of<pairs>(s, begin, end - begin);
    }
}

}  // namespace mf::cpu
