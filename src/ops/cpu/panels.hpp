// SPDX-License-Identifier: MIT
#pragma once

#include "tensor/device_simd.hpp"
#include "tensor/tensor.hpp"

namespace mf::cpu {

/// Size of a panel of k rows.
constexpr std::int64_t panel_bytes(std::int64_t k, DType dtype) {
    return (dtype == DType::bf16 ? (k + 1) / 2 : k) * kPanel * 4;
}

/// The right factor B (k, n) of a GEMM, cut into panels of kPanel columns so that the micro-kernel reads it in order:
/// f32 [panel][k][kPanel]; bf16 [panel][k / 2][kPanel][2], k padded with zero to even. Columns are padded with zeros.
struct Panels {
    Tensor data;
    std::int64_t k = 0, n = 0;

    std::int64_t panel_bytes() const { return mf::cpu::panel_bytes(k, data.dtype()); }
    const std::byte* panel(std::int64_t p) const {
        return static_cast<const std::byte*>(data.raw()) + p * panel_bytes();
    }
};

/// Where element (k, n) of B stands in plain memory: b[k * k_stride + n * n_stride].
struct PlainMatrix {
    const float* data;
    std::int64_t k, n, k_stride, n_stride;
};

/// Packs the p-th panel of B to `to`, panel_bytes(b.k, dtype) long.
void pack_panel(std::byte* to, const PlainMatrix& b, std::int64_t p, DType dtype);

/// Packs B; memory is taken at the first call and used again when sizes and type stay the same.
void pack(Panels& panels, const PlainMatrix& b, DType dtype);

}  // namespace mf::cpu
