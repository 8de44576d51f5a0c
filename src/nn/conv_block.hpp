// SPDX-License-Identifier: MIT
// A residual block on a grid of places: x ← x + a ⊙ W₂ silu(W₁ * RMS(x)), W₁ a 3 x 3 convolution, W₂ one of 1 x 1.
#pragma once

#include "nn/layers.hpp"

namespace mf {

class ConvBlock {
  public:
    /// Adds `name`.norm, .conv, .out and .scale; `width` channels of the grid, `hidden` between the convolutions.
    ConvBlock(ParamStore& params, const std::string& name, std::int64_t width, std::int64_t hidden);

    /// x (samples * height * grid_width, width) f32.
    Dual operator()(const Context& context, const Dual& x, std::int64_t height,
                    std::int64_t grid_width) const;
    /// Weights with deviation 1/√fan_in, the gate a half.
    void initialise(std::uint64_t seed) const;
    /// Of one place.
    double flops() const { return conv_.flops() + out_.flops(); }

  private:
    Param* norm_;
    LinearLayer conv_, out_;
    Param* scale_;
};

}  // namespace mf
