// SPDX-License-Identifier: MIT
// Layers on pictures (B, H, W, C): parameters under the names that checkpoints use.
#pragma once

#include <string>

#include "ops/still_conv.hpp"

namespace mf {

struct ConvLayer {
    Param* weight = nullptr;
    Param* bias = nullptr;
    ConvGeometry geometry = {};
    TransformedKernel transformed = nullptr;  ///< after `prepare`, where that is faster

    /// Adds `name`.weight (out, in, kernel, kernel) and `name`.bias (out).
    static ConvLayer add(ParamStore& params, const std::string& name, std::int64_t in, std::int64_t out,
                         std::int64_t kernel, const ConvGeometry& geometry = {});
    /// One that keeps height and width; `kernel` is odd.
    static ConvLayer same(ParamStore& params, const std::string& name, std::int64_t in, std::int64_t out,
                          std::int64_t kernel);
    Dual operator()(const Context& context, const Dual& x) const {
        return conv2d(context, x, *weight, bias, geometry);
    }
    /// For inference: chooses how the kernel is kept (ops/still_conv.hpp). To be called before ParamStore::repack;
    /// afterwards only `still` and `enlarged` may be used. `upsampling`: for `enlarged`.
    void prepare(Team& team, Precision precision, bool upsampling = false);
    /// y = w * x + b (+ residual), of the same bits as operator() unless the kernel is kept transformed.
    Tensor still(const Context& context, const Tensor& x, const Tensor* residual = nullptr) const {
        return conv2d_still(context, x, *weight, bias, geometry,
                            {.transformed = transformed, .residual = residual});
    }
    /// The same of x at twice its size. 3x3 and `same` only.
    Tensor enlarged(const Context& context, const Tensor& x) const {
        return upsample_conv_still(context, x, *weight, bias, transformed);
    }
    /// Multiply-adds for one pixel of the result, times two.
    double flops() const { return 2.0 * static_cast<double>(weight->shape.count()); }
};

struct GroupNormLayer {
    Param* weight = nullptr;
    Param* bias = nullptr;
    int groups = 32;
    float eps = 1e-6F;

    /// Adds `name`.weight and `name`.bias (channels).
    static GroupNormLayer add(ParamStore& params, const std::string& name, std::int64_t channels,
                              std::int64_t groups);
    Dual operator()(const Context& context, const Dual& x, bool silu) const;
};

}  // namespace mf
