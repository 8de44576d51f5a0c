// SPDX-License-Identifier: MIT
// One head's rows, packed into panels, and the products that attention makes of them.
#pragma once

#include <algorithm>
#include <cmath>

#include "ops/cpu/attention.hpp"
#include "ops/cpu/strip.hpp"

namespace mf::cpu {

/// Rounded up to whole panels.
constexpr std::int64_t padded(std::int64_t n) { return (n + kPanel - 1) / kPanel * kPanel; }
/// Queries whose scores are in cache at one time.
inline constexpr std::int64_t kQueryBlock = 8 * kMicroRows;

/// A head's rows of an activation matrix: `at` points to its first element, rows are `stride` apart.
struct HeadRows {
    const float* at;
    std::int64_t stride;
};

/// Turned: out[panel of rows][j][row in panel] = x[row][j], rows padded with zeros. What Q Kᵀ reads.
inline void pack_turned(float* out, HeadRows x, std::int64_t rows, std::int64_t d) {
    for (std::int64_t p = 0; p < rows; p += kPanel, out += d * kPanel) {
        const std::int64_t width = std::min<std::int64_t>(kPanel, rows - p);
        if (width < kPanel) std::fill_n(out, d * kPanel, 0.0F);
        for (std::int64_t i = 0; i < width; ++i) {
            const float* row = x.at + (p + i) * x.stride;
            for (std::int64_t j = 0; j < d; ++j) out[j * kPanel + i] = row[j];
        }
    }
}

/// Straight: out[panel of columns][row][column in panel] = x[row][column], columns padded with zeros. What P V reads.
inline void pack_straight(float* out, HeadRows x, std::int64_t rows, std::int64_t d) {
    for (std::int64_t p = 0; p < d; p += kPanel)
        for (std::int64_t i = 0; i < rows; ++i, out += kPanel) {
            const std::int64_t width = std::min<std::int64_t>(kPanel, d - p);
            float* end = std::copy_n(x.at + i * x.stride + p, width, out);
            std::fill(end, out + kPanel, 0.0F);
        }
}

/// scores (m, padded(keys)) = or += a (m, d) times turned panels of keys.
template <Start start>
void times_turned(float* scores, HeadRows a, std::int64_t m, const float* panels, std::int64_t keys,
                  std::int64_t d) {
    const std::int64_t width = padded(keys);
    for (std::int64_t p = 0; p < width; p += kPanel)
        run_strip<true, false, start>({.a = reinterpret_cast<const std::byte*>(a.at),
                                       .a_stride = a.stride,
                                       .b = reinterpret_cast<const std::byte*>(panels + p * d),
                                       .b_stride = kPanel,
                                       .k = d,
                                       .c = scores + p,
                                       .c_row = width,
                                       .m = m,
                                       .width = kPanel,
                                       .bias = nullptr});
}

/// out (m, d), rows `stride` apart, = or += w (m, keys; rows padded) times straight panels (keys, d).
template <Start start>
void times_straight(float* out, std::int64_t stride, const float* w, std::int64_t w_stride, std::int64_t m,
                    const float* panels, std::int64_t keys, std::int64_t d) {
    for (std::int64_t p = 0; p < d; p += kPanel)
        run_strip<true, false, start>({.a = reinterpret_cast<const std::byte*>(w),
                                       .a_stride = w_stride,
                                       .b = reinterpret_cast<const std::byte*>(panels + p * keys),
                                       .b_stride = kPanel,
                                       .k = keys,
                                       .c = out + p,
                                       .c_row = stride,
                                       .m = m,
                                       .width = std::min<std::int64_t>(kPanel, d - p),
                                       .bias = nullptr});
}

/// out (keys, d) += wᵀ b with w (rows, keys; rows padded) and straight panels b (rows, d).
inline void add_turned_product(float* out, std::int64_t stride, const float* w, std::int64_t w_stride,
                               std::int64_t keys, const float* panels, std::int64_t rows, std::int64_t d) {
    for (std::int64_t p = 0; p < d; p += kPanel)
        run_strip<false, false, Start::add>({.a = reinterpret_cast<const std::byte*>(w),
                                             .a_stride = w_stride,
                                             .b = reinterpret_cast<const std::byte*>(panels + p * rows),
                                             .b_stride = kPanel,
                                             .k = rows,
                                             .c = out + p,
                                             .c_row = stride,
                                             .m = keys,
                                             .width = std::min<std::int64_t>(kPanel, d - p),
                                             .bias = nullptr});
}

/// Pieces of one allocation for each thread.
class Workspace {
  public:
    Workspace(Team& team, Pool& pool, std::int64_t floats)
        : memory_({team.size(), padded(floats)}, DType::f32, &pool) {}
    float* of(int lane) { return memory_.f32() + lane * memory_.cols(); }

  private:
    Tensor memory_;
};

/// Calls work(lane, sample, head) for all of them.
template <class Work>
void for_heads(Team& team, const AttentionSizes& z, Work&& work) {
    const std::int64_t pieces = z.samples * z.heads;
    team.run([&](int lane) {
        for (std::int64_t i = pieces * lane / team.size(); i < pieces * (lane + 1) / team.size(); ++i)
            work(lane, i / z.heads, i % z.heads);
    });
}

}  // namespace mf::cpu
