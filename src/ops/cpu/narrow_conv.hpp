// SPDX-License-Identifier: MIT
// A convolution to very few channels, as the last one of a decoder: panels would be almost empty, so the vectors go
// along the input's channels.
#pragma once

#include "ops/cpu/conv.hpp"

namespace mf::cpu {

/// True for what it is made for: strides of 1, at most 4 channels from at least 16.
bool serves_narrow(const ConvSize& size);

/// y = x * w + bias and what else is to happen to it. x (n, height, width, in) f32 or bf16; w (out, in, rows, cols) f32,
/// bf16 or f16. The products are f32.
void convolve_narrow(Team& team, Pool& pool, const Tensor& x, const PictureOut& y, const ConvSize& size,
                     const Tensor& w, const ConvFinish& finish);

}  // namespace mf::cpu
