// SPDX-License-Identifier: MIT
// What conv2d and its form for inference have in common.
#pragma once

#include "ops/conv2d.hpp"

namespace mf {

/// The sizes of a convolution. Error where picture, kernel, bias and geometry do not go together.
ConvSize size_of_conv(const Tensor& x, const Param& w, const Param* b, const ConvGeometry& geometry);

}  // namespace mf
