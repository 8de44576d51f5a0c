// SPDX-License-Identifier: MIT
#include "ops/cpu/panels.hpp"

#include "tensor/device_simd.hpp"

namespace mf::cpu {

std::int64_t Panels::panel_bytes() const {
    const std::int64_t pairs = (k + 1) / 2;
    return data.dtype() == DType::bf16 ? pairs * 2 * kPanel * 2 : k * kPanel * 4;
}

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
        for (std::int64_t k = 0; k < b.k; ++k)
            for (std::int64_t j = 0; j < width; ++j) {
                const float value = from[k * b.k_stride + j * b.n_stride];
                if (dtype == DType::bf16)
                    panels.data.bf16()[p * k_padded * kPanel + (k / 2 * kPanel + j) * 2 + k % 2] = to_bfloat16(value);
                else
                    panels.data.f32()[(p * k_padded + k) * kPanel + j] = value;
            }
    }
}

}  // namespace mf::cpu
