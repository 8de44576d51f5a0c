// SPDX-License-Identifier: MIT
#include "nn/picture_blocks.hpp"

#include "ops/arithmetic.hpp"
#include "ops/attention.hpp"
#include "ops/pictures.hpp"

namespace mf {

ResnetBlock::ResnetBlock(ParamStore& params, const std::string& name, std::int64_t in, std::int64_t out,
                         std::int64_t groups)
    : norm1_(GroupNormLayer::add(params, name + ".norm1", in, groups)),
      conv1_(ConvLayer::same(params, name + ".conv1", in, out, 3)),
      norm2_(GroupNormLayer::add(params, name + ".norm2", out, groups)),
      conv2_(ConvLayer::same(params, name + ".conv2", out, out, 3)) {
    if (in != out) shortcut_ = ConvLayer::add(params, name + ".conv_shortcut", in, out, 1);
}

Dual ResnetBlock::operator()(const Context& context, const Dual& x, NormBook* book) const {
    // Each result goes when the next is there: they are the largest things in memory.
    Dual h = norm1_(context, x, true, book);
    h = conv1_(context, h);
    h = norm2_(context, h, true, book);
    h = conv2_(context, h);
    return add(context, shortcut_ ? (*shortcut_)(context, x) : x, h);
}

void ResnetBlock::prepare(Team& team, Precision precision) {
    conv1_.prepare(team, precision);
    conv2_.prepare(team, precision);
    if (shortcut_) shortcut_->prepare(team, precision);
}

Tensor ResnetBlock::still(const Context& context, const Tensor& x, NormBook* book) const {
    Tensor h = norm1_(context, x, true, book).value;
    h = conv1_.still(context, h);
    h = norm2_(context, h, true, book).value;
    const Tensor residual = shortcut_ ? shortcut_->still(context, x) : x;
    return conv2_.still(context, h, &residual);
}

double ResnetBlock::flops() const {
    return conv1_.flops() + conv2_.flops() + (shortcut_ ? shortcut_->flops() : 0.0);
}

PixelAttention::PixelAttention(ParamStore& params, const std::string& name, std::int64_t channels,
                               std::int64_t groups)
    : norm_(GroupNormLayer::add(params, name + ".group_norm", channels, groups)),
      q_(LinearLayer::add(params, name + ".to_q", channels, channels, true)),
      k_(LinearLayer::add(params, name + ".to_k", channels, channels, true)),
      v_(LinearLayer::add(params, name + ".to_v", channels, channels, true)),
      out_(LinearLayer::add(params, name + ".to_out.0", channels, channels, true)) {}

Dual PixelAttention::operator()(const Context& context, const Dual& x) const {
    const Shape& shape = x.value.shape();
    const Dual n = norm_(context, x, false).reshaped(shape[3]);
    const Dual mixed =
        attention(context, q_(context, n), k_(context, n), v_(context, n), 1, shape[1] * shape[2]);
    return add(context, x, as_pictures(out_(context, mixed), x));
}

double PixelAttention::flops(double pixels) const {
    const auto channels = static_cast<double>(norm_.weight->shape[0]);
    return pixels * (4 * q_.flops() + 4 * pixels * channels);
}

}  // namespace mf
