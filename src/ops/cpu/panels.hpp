// SPDX-License-Identifier: MIT
#pragma once

#include "tensor/tensor.hpp"

namespace mf::cpu {

/// Size of a panel of k rows. Not inline, like all that depends on the width of a vector: who asks may be compiled for
/// another machine.
std::int64_t panel_bytes(std::int64_t k, DType dtype);

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
