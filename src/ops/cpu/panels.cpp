// SPDX-License-Identifier: MIT
#include "ops/cpu/panels.hpp"

#include <algorithm>

#include "tensor/device_simd.hpp"

namespace mf::cpu {

std::int64_t Panels::panel_bytes() const {
    const std::int64_t pairs = (k + 1) / 2;
    return data.dtype() == DType::bf16 ? pairs * 2 * kPanel * 2 : k * kPanel * 4;
}

namespace {

std::uint32_t pair_of(float low, float high) {
    return to_bfloat16(low).bits | static_cast<std::uint32_t>(to_bfloat16(high).bits) << 16;
}

/// One panel of f32: out[k][j] = b[k][j]. The inner loop runs along whichever side of b is contiguous.
void pack_panel(float* out, const float* b, const PlainMatrix& m, std::int64_t width) {
    if (m.k_stride == 1)
        for (std::int64_t j = 0; j < width; ++j)
            for (std::int64_t k = 0; k < m.k; ++k) out[k * kPanel + j] = b[k + j * m.n_stride];
    else
        for (std::int64_t k = 0; k < m.k; ++k)
            for (std::int64_t j = 0; j < width; ++j) out[k * kPanel + j] = b[k * m.k_stride + j * m.n_stride];
}

/// One panel of bf16: out[k / 2][j] = the pair (b[k][j], b[k + 1][j]); an odd last row is paired with zero.
void pack_panel(Pair* out, const float* b, const PlainMatrix& m, std::int64_t width) {
    const std::int64_t pairs = m.k / 2;
    const auto at = [&](std::int64_t k, std::int64_t j) { return b[k * m.k_stride + j * m.n_stride]; };
    if (m.k_stride == 1)
        for (std::int64_t j = 0; j < width; ++j)
            for (std::int64_t i = 0; i < pairs; ++i)
                out[i * kPanel + j] = pair_of(at(2 * i, j), at(2 * i + 1, j));
    else
        for (std::int64_t i = 0; i < pairs; ++i)
            for (std::int64_t j = 0; j < width; ++j)
                out[i * kPanel + j] = pair_of(at(2 * i, j), at(2 * i + 1, j));
    if (m.k % 2 != 0)
        for (std::int64_t j = 0; j < width; ++j) out[pairs * kPanel + j] = pair_of(at(m.k - 1, j), 0.0F);
}

}  // namespace

void pack(Panels& panels, const PlainMatrix& b, DType dtype) {
    const std::int64_t panel_count = (b.n + kPanel - 1) / kPanel;
    const std::int64_t k_padded = dtype == DType::bf16 ? (b.k + 1) / 2 * 2 : b.k;
    const Shape shape{panel_count, k_padded, kPanel};
    if (panels.data.empty() || panels.data.shape() != shape || panels.data.dtype() != dtype)
        panels.data = Tensor::zeros(shape, dtype);
    panels.k = b.k;
    panels.n = b.n;
    for (std::int64_t p = 0; p < panel_count; ++p) {
        const std::int64_t width = std::min<std::int64_t>(kPanel, b.n - p * kPanel);
        const float* from = b.data + p * kPanel * b.n_stride;
        auto* to = static_cast<std::byte*>(panels.data.raw()) + p * panels.panel_bytes();
        if (dtype == DType::bf16)
            pack_panel(reinterpret_cast<Pair*>(to), from, b, width);
        else
            pack_panel(reinterpret_cast<float*>(to), from, b, width);
    }
}

}  // namespace mf::cpu
