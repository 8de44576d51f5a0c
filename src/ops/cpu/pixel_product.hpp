// SPDX-License-Identifier: MIT
// A convolution of one tap: every pixel by itself, a matrix product whose result may lie in wider pictures.
#pragma once

#include "core/team.hpp"
#include "ops/cpu/panels.hpp"
#include "ops/cpu/picture.hpp"
#include "tensor/tensor.hpp"

namespace mf::cpu {

/// y = x W + bias and what else is to happen to it. x (..., k) f32 or bf16, one row a pixel of y; the panels decide the
/// type of the products.
void multiply_pixels(Team& team, Pool& pool, const Tensor& x, const Panels& w, const PictureOut& y,
                     const ConvFinish& finish);

}  // namespace mf::cpu
