// SPDX-License-Identifier: MIT
#include "nn/conv_block.hpp"

#include "nn/initial_weights.hpp"
#include "ops/gated_add.hpp"
#include "ops/neighbours.hpp"
#include "ops/pointwise.hpp"
#include "ops/rms_norm.hpp"

namespace mf {

ConvBlock::ConvBlock(ParamStore& params, const std::string& name, std::int64_t width, std::int64_t hidden)
    : norm_(&params.add(name + ".norm.weight", {width})),
      conv_(LinearLayer::add(params, name + ".conv", 9 * width, hidden, true)),
      out_(LinearLayer::add(params, name + ".out", hidden, width, false)),
      scale_(&params.add(name + ".scale", {width})) {}

Dual ConvBlock::operator()(const Context& context, const Dual& x, std::int64_t height,
                           std::int64_t grid_width) const {
    const Dual n = rms_norm(context, x, *norm_, context.operand());
    const Dual hidden =
        pointwise(context, Pointwise::silu, conv_(context, neighbours(context, n, height, grid_width)));
    return gated_add(context, x, out_(context, hidden), *scale_);
}

void ConvBlock::initialise(std::uint64_t seed) const {
    fill_scaled(conv_, seed, 1);
    fill_scaled(out_, seed, 1);
    fill_constant(*norm_, 1);
    fill_constant(*scale_, 0.5F);
}

}  // namespace mf
