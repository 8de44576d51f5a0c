// SPDX-License-Identifier: MIT
// The convolution of ops/conv2d.hpp for inference: no tangent, no tape, and what usually follows it done on the way:
//   y = max(0, w * x + b + residual)      each part if wanted
// Many kernels are faster when they are kept transformed (ops/cpu/winograd.hpp), at a relative error of a few 1e-6.
#pragma once

#include <memory>

#include "ops/conv2d.hpp"
#include "ops/cpu/winograd.hpp"

namespace mf {

/// Transformed kernels; null: the kernel is used as it is packed.
using TransformedKernel = std::shared_ptr<const cpu::WinogradWeights>;

/// Makes a kernel's transform where that is faster in this precision; null otherwise. Then, to be called before
/// ParamStore::repack, the kernel is taken out of what is packed: it serves the calls that are given its transform only.
TransformedKernel transform_kernel(Team& team, Param& w, cpu::WinogradForm form, Precision precision);
/// With the form for its size, if any.
TransformedKernel transform_kernel(Team& team, Param& w, const ConvGeometry& geometry, Precision precision);

struct ConvExtras {
    TransformedKernel transformed = nullptr;
    bool relu = false;
    const Tensor* residual = nullptr;  ///< of the result's shape
    Tensor* into = nullptr;  ///< (B, H', W', more channels): the result goes to some of its channels ...
    std::int64_t first_channel = 0;  ///< ... from this one on
};

/// x (B, H, W, C) f32 or bf16. The result (B, H', W', out) f32, or `into`. Bits of a picture's result depend neither on
/// the other pictures nor on the threads.
Tensor conv2d_still(const Context& context, const Tensor& x, const Param& w, const Param* b,
                    const ConvGeometry& geometry, const ConvExtras& extras = {});

/// The 3x3 convolution, with one row and column of zeros around, of x at twice its height and width, every pixel four
/// times; the result (B, 2 H, 2 W, out). `transformed` of the form enlarged3 or null.
Tensor upsample_conv_still(const Context& context, const Tensor& x, const Param& w, const Param* b,
                           const TransformedKernel& transformed);

}  // namespace mf
