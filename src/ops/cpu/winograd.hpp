// SPDX-License-Identifier: MIT
// Convolutions of stride 1 with fewer products, in f32: a tile of the picture and the filter are transformed
// (ops/cpu/cook_toom.hpp), each of the transform's positions is a small matrix product over the channels, and the result
// is transformed back. 3x3: a quarter of the products, relative error about 4e-6.
#pragma once

#include <cstdint>
#include <optional>

#include "core/team.hpp"
#include "device/matrix_kernels.hpp"
#include "ops/cpu/picture.hpp"
#include "tensor/tensor.hpp"

namespace mf::cpu {

enum class WinogradForm : std::uint8_t {
    square3,    ///< 3x3 by F(4x4): 2.25 products an output instead of 9
    enlarged3,  ///< 3x3 over the picture enlarged twice by repetition, padding 1: 1.56 instead of 9
    square5,    ///< 5x5 by F(2x2): 9 instead of 25
    row3,
    column3,  ///< 1x3, 3x1 by F(4): 1.5 instead of 3
    row7,
    column7,  ///< 1x7, 7x1 by F(2): 4 instead of 7
};

/// The form for a kernel of this size; nothing where there is none.
std::optional<WinogradForm> winograd_form(std::int64_t kernel_height, std::int64_t kernel_width);

/// How many times fewer products it makes than the direct convolution.
double saving(WinogradForm form);

/// Transformed filters: [position][panel][in][kPanel], columns behind the last output channel zero.
struct WinogradWeights final : PreparedWeight {
    WinogradForm form = WinogradForm::square3;
    std::int64_t in = 0, out = 0;
    Tensor data;
};

/// From w (out, in, kernel height, kernel width) f32. Computed in double, rounded once.
WinogradWeights winograd_weights(Team& team, WinogradForm form, const float* w, std::int64_t out,
                                 std::int64_t in);

/// y = w * x, x (B, height, width, in) f32 or bf16, with `top` and `left` pixels of zeros around x (what y's size leaves for below and right). For enlarged3
/// y is twice as large as x and top = left = 1.
void winograd(Team& team, Pool& pool, const Tensor& x, const WinogradWeights& w, std::int64_t top,
              std::int64_t left, const PictureOut& y, const ConvFinish& finish);

}  // namespace mf::cpu
