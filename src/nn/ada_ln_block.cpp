// SPDX-License-Identifier: MIT
#include "nn/ada_ln_block.hpp"

#include "nn/initial_weights.hpp"
#include "ops/attention.hpp"
#include "ops/columns.hpp"
#include "ops/gated_add.hpp"
#include "ops/layer_norm.hpp"
#include "ops/modulate.hpp"
#include "ops/pointwise.hpp"

namespace mf {

AdaLnBlock::AdaLnBlock(ParamStore& params, const std::string& name, std::int64_t width, std::int64_t heads,
                       std::int64_t hidden)
    : heads_(heads) {
    qkv_ = LinearLayer::add(params, name + ".attn.qkv", width, 3 * width, true);
    proj_ = LinearLayer::add(params, name + ".attn.proj", width, width, true);
    fc1_ = LinearLayer::add(params, name + ".mlp.fc1", width, hidden, true);
    fc2_ = LinearLayer::add(params, name + ".mlp.fc2", hidden, width, true);
    modulation_ = LinearLayer::add(params, name + ".adaLN_modulation.1", width, 6 * width, true);
}

Dual AdaLnBlock::operator()(const Context& context, const Dual& x, const Dual& condition) const {
    const std::int64_t width = x.cols(), tokens = x.rows() / condition.rows();
    const Dual six = modulation_(context, condition);
    const auto part = [&](std::int64_t i) { return columns(context, six, i * width, (i + 1) * width); };

    const Dual n = modulate(context, layer_norm(context, x), part(0), part(1));
    const Dual qkv = qkv_(context, n);
    const auto third = [&](std::int64_t i) { return columns(context, qkv, i * width, (i + 1) * width); };
    const Dual a = attention(context, third(0), third(1), third(2), heads_, tokens);
    const Dual y = gated_add(context, x, proj_(context, a), part(2));

    const Dual m = modulate(context, layer_norm(context, y), part(3), part(4));
    const Dual hidden = pointwise(context, Pointwise::gelu_tanh, fc1_(context, m));
    return gated_add(context, y, fc2_(context, hidden), part(5));
}

void AdaLnBlock::initialise(std::uint64_t seed) const {
    for (const LinearLayer& layer : {qkv_, proj_, fc1_, fc2_}) fill_xavier(layer, seed);
    fill_zero(modulation_);
}

double AdaLnBlock::flops(std::int64_t tokens) const {
    double sum = 4.0 * static_cast<double>(tokens * proj_.weight->shape[0]);
    for (const LinearLayer& layer : {qkv_, proj_, fc1_, fc2_}) sum += layer.flops();
    return sum;
}

}  // namespace mf
