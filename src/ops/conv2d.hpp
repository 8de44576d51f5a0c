// SPDX-License-Identifier: MIT
// Convolution of pictures with a kernel of kh x kw taps (cross-correlation, as every network library has it):
//   value    y[i][j][o] = b[o] + sum over u, v, c of w[o][c][u][v] x[i s_y + u - top][j s_x + v - left][c]
//   tangent  y' = the same of x', without b
//   adjoint  x̄[i s_y + u - top][j s_x + v - left][c] += w[o][c][u][v] ȳ[i][j][o]
//            w̄[o][c][u][v] += sum over pictures, i, j of ȳ[i][j][o] x[i s_y + u - top][j s_x + v - left][c]
//            b̄[o] += sum ȳ[..][o]
// x is zero beyond its edges. Every number of y is one chain of fused multiply-adds in the order (u, v, c), whatever
// pictures or threads it is computed together with.
#pragma once

#include "ops/context.hpp"

namespace mf {

/// Steps of the kernel and rows and columns of zeros around a picture.
struct ConvGeometry {
    int stride_y = 1, stride_x = 1;
    int top = 0, bottom = 0, left = 0, right = 0;
};

/// x (B, H, W, C) f32 or bf16, its tangent (n, H, W, C); w (out, C, kh, kw) added by ParamStore::add_kernel; b (out) or
/// null. The result (B, H', W', out) is f32, H' = (H + top + bottom - kh) / stride_y + 1, W' likewise. Error on other
/// shapes and on pictures smaller than the kernel.
Dual conv2d(const Context& context, const Dual& x, const Param& w, const Param* b,
            const ConvGeometry& geometry);

}  // namespace mf
