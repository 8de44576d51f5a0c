// SPDX-License-Identifier: MIT
// Blocks of convolutional autoencoders (names of the diffusers library).
#pragma once

#include <optional>

#include "nn/conv_layers.hpp"
#include "nn/layers.hpp"

namespace mf {

/// y = s(x) + conv2(silu(norm2(conv1(silu(norm1(x)))))), s a convolution of 1 x 1 where the number of channels changes.
class ResnetBlock {
  public:
    /// Adds `name`.norm1, .conv1, .norm2, .conv2 and, where `in` is not `out`, .conv_shortcut.
    ResnetBlock(ParamStore& params, const std::string& name, std::int64_t in, std::int64_t out,
                std::int64_t groups);
    Dual operator()(const Context& context, const Dual& x, NormBook* book = nullptr) const;
    /// For inference (ConvLayer::prepare), and then instead of operator().
    void prepare(Team& team, Precision precision);
    Tensor still(const Context& context, const Tensor& x, NormBook* book = nullptr) const;
    /// Of one pixel.
    double flops() const;

  private:
    GroupNormLayer norm1_;
    ConvLayer conv1_;
    GroupNormLayer norm2_;
    ConvLayer conv2_;
    std::optional<ConvLayer> shortcut_;
};

/// y = x + out(attention(q, k, v of norm(x))), one head, the pixels of a picture its tokens.
class PixelAttention {
  public:
    /// Adds `name`.group_norm, .to_q, .to_k, .to_v and .to_out.0.
    PixelAttention(ParamStore& params, const std::string& name, std::int64_t channels, std::int64_t groups);
    Dual operator()(const Context& context, const Dual& x) const;
    /// Of a picture of so many pixels.
    double flops(double pixels) const;

  private:
    GroupNormLayer norm_;
    LinearLayer q_, k_, v_, out_;
};

}  // namespace mf
