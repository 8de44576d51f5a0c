// SPDX-License-Identifier: MIT
// One head's rows, packed into panels, and the products that attention makes of them. A word is what the micro-kernel
// takes in one step along the summed side: a float, or two neighbouring bf16.
#pragma once

#include <algorithm>
#include <cmath>

#include "device/sequence_kernels.hpp"
#include "ops/cpu/strip.hpp"
#include "ops/cpu/vector_io.hpp"
#include "tensor/tensor.hpp"

namespace mf::cpu {

/// Rounded up to whole panels.
constexpr std::int64_t padded(std::int64_t n) { return (n + kPanel - 1) / kPanel * kPanel; }
/// Words that `n` numbers along the summed side take.
template <bool pairs>
constexpr std::int64_t words(std::int64_t n) {
    return pairs ? (n + 1) / 2 : n;
}
/// Queries whose scores are in cache at one time; even, so that pairs of rows do not end inside a block.
inline constexpr std::int64_t kQueryBlock = 8 * kMicroRows;

/// Over floats or, with even sizes, over pairs of bf16.
using Word [[gnu::may_alias]] = std::uint32_t;

/// A head's rows: `at` points to the first word, rows are `stride` words apart.
struct HeadRows {
    const Word* at;
    std::int64_t stride;

    HeadRows from(std::int64_t row) const { return {at + row * stride, stride}; }
};

/// The rows of one head in an activation matrix, f32 or (pairs) bf16 of an even head size.
template <bool pairs>
HeadRows head_rows(View x, std::int64_t offset, std::int64_t columns) {
    if constexpr (pairs)
        return {reinterpret_cast<const Word*>(x.bf16() + offset), columns / 2};
    else
        return {reinterpret_cast<const Word*>(x.f32() + offset), columns};
}

/// Turned: out[panel of rows][j][row in panel] = word j of x[row], rows padded with zeros. What Q Kᵀ reads.
inline void pack_turned(Word* out, HeadRows x, std::int64_t rows, std::int64_t row_words) {
    for (std::int64_t p = 0; p < rows; p += kPanel, out += row_words * kPanel) {
        const std::int64_t width = std::min<std::int64_t>(kPanel, rows - p);
        if (width < kPanel) std::fill_n(out, row_words * kPanel, 0U);
        for (std::int64_t i = 0; i < width; ++i) {
            const Word* row = x.at + (p + i) * x.stride;
            for (std::int64_t j = 0; j < row_words; ++j) out[j * kPanel + i] = row[j];
        }
    }
}

/// out[j] = (even[j], odd[j]) for j < n, zeros up to the panel's width. `even`, `odd`: bf16; odd may be null: zeros.
inline void interleave_panel_row(Word* out, const bfloat16* even, const bfloat16* odd, std::int64_t n) {
    for (std::int64_t j = 0; j < n; ++j)
        out[j] = static_cast<std::uint32_t>(even[j].bits) |
                 (odd != nullptr ? static_cast<std::uint32_t>(odd[j].bits) << 16 : 0U);
    std::fill(out + n, out + kPanel, 0U);
}

/// Straight: out[panel of columns][row][column in panel] = x[row][column], columns padded with zeros; under `pairs` a
/// word holds two neighbouring rows. What P V reads.
template <bool pairs>
void pack_straight(Word* out, HeadRows x, std::int64_t rows, std::int64_t d) {
    for (std::int64_t p = 0; p < d; p += kPanel) {
        const std::int64_t width = std::min<std::int64_t>(kPanel, d - p);
        for (std::int64_t i = 0; i < rows; i += pairs ? 2 : 1, out += kPanel) {
            if constexpr (pairs) {
                const auto* even = reinterpret_cast<const bfloat16*>(x.at + i * x.stride) + p;
                interleave_panel_row(out, even, i + 1 < rows ? even + 2 * x.stride : nullptr, width);
            } else {
                std::fill(std::copy_n(x.at + i * x.stride + p, width, out), out + kPanel, 0U);
            }
        }
    }
}

/// scores (m, padded(keys)) = or += a (m rows) times turned panels of keys.
template <bool pairs, Start start>
void times_turned(float* scores, HeadRows a, std::int64_t m, const Word* panels, std::int64_t keys,
                  std::int64_t row_words) {
    const std::int64_t width = padded(keys);
    for (std::int64_t p = 0; p < width; p += kPanel)
        run_strip<true, pairs, start>({.a = reinterpret_cast<const std::byte*>(a.at),
                                       .a_stride = a.stride,
                                       .b = reinterpret_cast<const std::byte*>(panels + p * row_words),
                                       .b_stride = kPanel,
                                       .k = row_words,
                                       .c = scores + p,
                                       .c_row = width,
                                       .m = m,
                                       .width = kPanel,
                                       .bias = nullptr});
}

/// out (m, d), rows `stride` apart, = or += w (m rows over the keys; padded) times straight panels (keys, d).
template <bool pairs, Start start>
void times_straight(float* out, std::int64_t stride, HeadRows w, std::int64_t m, const Word* panels,
                    std::int64_t keys, std::int64_t d) {
    for (std::int64_t p = 0; p < d; p += kPanel)
        run_strip<true, pairs, start>(
            {.a = reinterpret_cast<const std::byte*>(w.at),
             .a_stride = w.stride,
             .b = reinterpret_cast<const std::byte*>(panels + p * words<pairs>(keys)),
             .b_stride = kPanel,
             .k = words<pairs>(keys),
             .c = out + p,
             .c_row = stride,
             .m = m,
             .width = std::min<std::int64_t>(kPanel, d - p),
             .bias = nullptr});
}

/// out (keys, d) += wᵀ b with straight panels b (rows, d). w: a word of row i (or of rows 2 i and 2 i + 1) and key j
/// stands at w.at[i * w.stride + j].
template <bool pairs>
void add_turned_product(float* out, std::int64_t stride, HeadRows w, std::int64_t keys, const Word* panels,
                        std::int64_t rows, std::int64_t d) {
    for (std::int64_t p = 0; p < d; p += kPanel)
        run_strip<false, pairs, Start::add>(
            {.a = reinterpret_cast<const std::byte*>(w.at),
             .a_stride = w.stride,
             .b = reinterpret_cast<const std::byte*>(panels + p * words<pairs>(rows)),
             .b_stride = kPanel,
             .k = words<pairs>(rows),
             .c = out + p,
             .c_row = stride,
             .m = keys,
             .width = std::min<std::int64_t>(kPanel, d - p),
             .bias = nullptr});
}

/// (m, width) f32 as a left factor: itself, or halved into `memory` (m * width / 2 words).
template <bool pairs>
HeadRows as_left_factor(const float* rows, Word* memory, std::int64_t m, std::int64_t width) {
    if constexpr (pairs) {
        auto* half = reinterpret_cast<bfloat16*>(memory);
        for (std::int64_t i = 0; i < m * width; i += kVectorFloats) put(half + i, load(rows + i));
        return {memory, width / 2};
    } else {
        return {reinterpret_cast<const Word*>(rows), width};
    }
}

/// The bits of the nearest bf16 in the lower half of each lane.
inline WordVector bf16_words(FloatVector x) { return __builtin_convertvector(to_bf16_bits(x), WordVector); }

/// The same as a turned left factor: rows become pairs of rows, in place. A last row without a partner is paired with
/// zeros.
template <bool pairs>
HeadRows as_turned_factor(float* rows, std::int64_t m, std::int64_t width) {
    for (std::int64_t i = 0; pairs && i < m; i += 2) {
        float* even = rows + i * width;
        for (std::int64_t j = 0; j < width; j += kVectorFloats) {
            WordVector both = bf16_words(load(even + j));
            if (i + 1 < m) both |= bf16_words(load(even + width + j)) << 16;
            store(even + j, std::bit_cast<FloatVector>(both));
        }
    }
    return {reinterpret_cast<const Word*>(rows), pairs ? 2 * width : width};
}

/// Pieces of one allocation for each thread, in words.
class Workspace {
  public:
    Workspace(Team& team, Pool& pool, std::int64_t words)
        : memory_({team.size(), padded(words)}, DType::f32, &pool) {}
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
