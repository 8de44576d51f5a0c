// SPDX-License-Identifier: MIT
#include "ops/cpu/panels.hpp"

#include <algorithm>
#include <bit>

#include "machine.hpp"

namespace mf::cpu {

namespace {

std::uint32_t pair_of(float low, float high) {
    return to_bfloat16(low).bits | static_cast<std::uint32_t>(to_bfloat16(high).bits) << 16;
}

/// One panel of f32: out[k][j] = b[k][j]. Columns that are contiguous along k go in blocks that stay in the first cache.
void pack_panel(float* out, const float* b, const PlainMatrix& m, std::int64_t width) {
    if (m.k_stride == 1)
        for (std::int64_t k0 = 0; k0 < m.k; k0 += kVectorFloats)
            for (std::int64_t j = 0; j < width; ++j)
                for (std::int64_t k = k0, end = std::min(m.k, k0 + kVectorFloats); k < end; ++k)
                    out[k * kPanel + j] = b[k + j * m.n_stride];
    else if (m.n_stride == 1 && width == kPanel)
        for (std::int64_t k = 0; k < m.k; ++k)
            for (int j = 0; j < kPanel; j += kVectorFloats)
                store(out + k * kPanel + j, load(b + k * m.k_stride + j));
    else
        for (std::int64_t k = 0; k < m.k; ++k)
            for (std::int64_t j = 0; j < width; ++j) out[k * kPanel + j] = b[k * m.k_stride + j * m.n_stride];
}

/// A whole panel of bf16 from rows that are contiguous along n.
void pack_rows(Pair* out, const float* b, const PlainMatrix& m) {
    const auto bits = [](const float* at) {
        return __builtin_convertvector(to_bf16_bits(load(at)), WordVector);
    };
    for (std::int64_t i = 0; i < m.k / 2; ++i, out += kPanel) {
        const float *even = b + 2 * i * m.k_stride, *odd = even + m.k_stride;
        for (int j = 0; j < kPanel; j += kVectorFloats)
            store(reinterpret_cast<float*>(out + j),
                  std::bit_cast<FloatVector>(bits(even + j) | bits(odd + j) << 16));
    }
}

/// Columns of a panel of bf16 that are contiguous along k: neighbours in memory are a pair already once they are
/// halved, and pairs are turned through a block that stays in the first cache.
void pack_columns(Pair* out, const float* b, const PlainMatrix& m, std::int64_t width) {
    std::uint32_t turned[kVectorFloats];
    for (std::int64_t j = 0; j < width; ++j) {
        const float* column = b + j * m.n_stride;
        Pair* to = out + j;
        std::int64_t i = 0;
        for (; i + kVectorFloats <= m.k / 2; i += kVectorFloats) {
            store_half(turned, to_bf16_bits(load(column + 2 * i)));
            store_half(turned + kVectorFloats / 2, to_bf16_bits(load(column + 2 * i + kVectorFloats)));
            for (int l = 0; l < kVectorFloats; ++l) to[(i + l) * kPanel] = turned[l];
        }
        for (; i < m.k / 2; ++i) to[i * kPanel] = pair_of(column[2 * i], column[2 * i + 1]);
    }
}

/// One panel of bf16: out[k / 2][j] = the pair (b[k][j], b[k + 1][j]); an odd last row is paired with zero.
void pack_panel(Pair* out, const float* b, const PlainMatrix& m, std::int64_t width) {
    const std::int64_t pairs = m.k / 2;
    const auto at = [&](std::int64_t k, std::int64_t j) { return b[k * m.k_stride + j * m.n_stride]; };
    if (m.k_stride == 1)
        pack_columns(out, b, m, width);
    else if (m.n_stride == 1 && width == kPanel)
        pack_rows(out, b, m);
    else
        for (std::int64_t i = 0; i < pairs; ++i)
            for (std::int64_t j = 0; j < width; ++j)
                out[i * kPanel + j] = pair_of(at(2 * i, j), at(2 * i + 1, j));
    if (m.k % 2 != 0)
        for (std::int64_t j = 0; j < width; ++j) out[pairs * kPanel + j] = pair_of(at(m.k - 1, j), 0.0F);
}

}  // namespace

std::int64_t panel_bytes(std::int64_t k, DType dtype) {
    return (dtype == DType::bf16 ? (k + 1) / 2 : k) * kPanel * 4;
}

void pack_panel(std::byte* to, const PlainMatrix& b, std::int64_t p, DType dtype) {
    const std::int64_t width = std::min<std::int64_t>(kPanel, b.n - p * kPanel);
    const float* from = b.data + p * kPanel * b.n_stride;
    // What lies behind the last column is zero.
    if (width < kPanel) std::fill_n(to, panel_bytes(b.k, dtype), std::byte{0});
    if (dtype == DType::bf16)
        pack_panel(reinterpret_cast<Pair*>(to), from, b, width);
    else
        pack_panel(reinterpret_cast<float*>(to), from, b, width);
}

void pack(Panels& panels, const PlainMatrix& b, DType dtype) {
    const std::int64_t panel_count = (b.n + kPanel - 1) / kPanel;
    const std::int64_t k_padded = dtype == DType::bf16 ? (b.k + 1) / 2 * 2 : b.k;
    const Shape shape{panel_count, k_padded, kPanel};
    if (panels.data.empty() || panels.data.shape() != shape || panels.data.dtype() != dtype)
        panels.data = Tensor(shape, dtype);
    panels.k = b.k;
    panels.n = b.n;
    auto* to = static_cast<std::byte*>(panels.data.raw());
    for (std::int64_t p = 0; p < panel_count; ++p, to += panels.panel_bytes()) pack_panel(to, b, p, dtype);
}

}  // namespace mf::cpu
