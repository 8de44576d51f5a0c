// SPDX-License-Identifier: MIT
// Direct convolution of channels-last pictures by the micro-kernel of GEMM: a run of pixels of one output row times a
// panel of output channels, the taps of a row of the kernel and their channels in one chain. Nothing is gathered; a
// stripe of the picture is copied where it needs an edge of zeros or another type.
#pragma once

#include "core/team.hpp"
#include "device/convolution_kernels.hpp"
#include "ops/cpu/panels.hpp"
#include "ops/cpu/picture.hpp"
#include "tensor/tensor.hpp"

namespace mf::cpu {

/// y = x * W + b: x (n, height, width, in) f32 or bf16, y (n, out_height, out_width, out) f32. `w`: panels of the matrix
/// (taps * in, out) whose rows go tap by tap; they decide the type of the products. `bias` (out) or null.
void convolve(Team& team, Pool& pool, const Tensor& x, Tensor& y, const ConvSize& size, const Panels& w,
              const float* bias);

/// The same into a part of the channels of wider pictures, with what is to happen to the result.
void convolve(Team& team, Pool& pool, const Tensor& x, const PictureOut& y, const ConvSize& size,
              const Panels& w, const ConvFinish& finish);

/// x̄ (n, height, width, in) f32 = what y's gradient `dy` (n, out_height, out_width, out), f32 or bf16, gives to it. `w`
/// (out, in, rows, cols); the products are of type `packed`.
void convolve_back(Team& team, Pool& pool, const Tensor& dy, Tensor& dx, const ConvSize& size, const float* w,
                   DType packed);

/// dw (out, in, rows, cols) += sum over pictures and pixels of dy x; both f32.
void accumulate_kernel(Team& team, Pool& pool, float* dw, const Tensor& dy, const Tensor& x,
                       const ConvSize& size);

/// Rows [first, first + rows) of picture number `picture` of x as `to` (rows, cols, in) in the type `type`; columns start
/// at -left. What lies outside the picture is zero.
struct Window {
    std::int64_t first, rows, left, cols;
};
void copy_window(std::byte* to, DType type, const Tensor& x, const ConvSize& size, std::int64_t picture,
                 const Window& window);

/// to[o][u][v][c] = w[o][c][u][v] of a weight (out, in, rows, cols): the order in which `convolve` reads it.
void taps_first(float* to, const float* w, std::int64_t out, std::int64_t in, std::int64_t taps);

}  // namespace mf::cpu
