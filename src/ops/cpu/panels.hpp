// SPDX-License-Identifier: MIT
#pragma once

#include "tensor/tensor.hpp"

namespace mf::cpu {

/// The right factor B (k, n) of a GEMM, cut into panels of kPanel columns so that the micro-kernel reads it in order:
/// f32 [panel][k][kPanel]; bf16 [panel][k / 2][kPanel][2], k padded with zero to even. Columns are padded with zeros.
struct Panels {
    Tensor data;
    std::int64_t k = 0, n = 0;

    std::int64_t panel_bytes() const;
    const std::byte* panel(std::int64_t p) const {
        return static_cast<const std::byte*>(data.raw()) + p * panel_bytes();
    }
};

/// Where element (k, n) of B stands in plain memory: b[k * k_stride + n * n_stride].
struct PlainMatrix {
    const float* data;
    std::int64_t k, n, k_stride, n_stride;
};

/// Packs B; memory is taken at the first call and used again when sizes and type stay the same.
void pack(Panels& panels, const PlainMatrix& b, DType dtype);

}  // namespace mf::cpu
