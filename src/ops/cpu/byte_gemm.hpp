// SPDX-License-Identifier: MIT
// The product of a linear layer whose weights are whole numbers of 8 bits with one scale an output row: for sampling.
//   W[n][k] ≈ scale[n] (b[n][k] - 128),   x[m][k] ≈ s[m] q[m][k],   q = round(x / s), s = max_k |x[m][k]| / 127
//   y[m][n] = s[m] scale[n] (Σ_k b q - 128 Σ_k q) (+ bias)
// Sums are whole numbers, the same on every machine; a row has the same bits in every batch and with any threads.
#pragma once

#include <cstdint>

#include "core/team.hpp"
#include "tensor/tensor.hpp"

namespace mf::cpu {

/// Columns that are possible: sums stay below 2^31.
inline constexpr std::int64_t kMostByteColumns = 65536;

/// W in panels of kPanel output rows: u8 [panel][k / 4][kPanel][4], padded with 128 (zero). In which order the four stand is
/// the machine's affair.
struct BytePanels {
    Tensor data;    ///< u8
    Tensor scales;  ///< (n) f32, padded to whole panels
    std::int64_t k = 0, n = 0;
};

/// `b`: (n, k) u8, zero is 128; `scales`: (n) f32.
void pack(BytePanels& panels, const Tensor& b, const Tensor& scales);

/// The numbers of W (n, k) f32 as bytes 1 .. 255, and the scale of each row: max |W| / 127, or 1 for a row of zeros.
void quantise_rows(const Tensor& w, Tensor& b, Tensor& scales);

/// The matrix that bytes and scales stand for, f32.
Tensor widened(const Tensor& b, const Tensor& scales);

/// Rows of activations as whole numbers, for one product or several.
struct ByteRows {
    Tensor numbers;  ///< ByteFactor (m, k padded to fours)
    Tensor scales;   ///< (m) f32; NaN for a row that holds one, or an infinity: so are its products
    Tensor starts;   ///< (m) i32: -128 Σ q
    std::int64_t m = 0, k = 0;
};

/// x (m, k) f32 or bf16.
ByteRows quantised(Team& team, Pool& pool, const Tensor& x);

/// y (m, n) f32 = x Wᵀ (+ bias).
void multiply(Team& team, const ByteRows& x, Tensor& y, const float* bias, const BytePanels& w);

}  // namespace mf::cpu
