// SPDX-License-Identifier: MIT
#include "nn/in_context_block.hpp"

#include "nn/initial_weights.hpp"
#include "ops/attention.hpp"
#include "ops/gated_add.hpp"
#include "ops/rms_norm.hpp"
#include "ops/rms_norm_rope.hpp"
#include "ops/swiglu.hpp"

namespace mf {

InContextBlock::InContextBlock(ParamStore& params, const std::string& name, std::int64_t width,
                               std::int64_t heads, std::int64_t hidden)
    : heads_(heads) {
    const auto projection = [&](const std::string& part, std::int64_t in, std::int64_t out) {
        return LinearLayer::add(params, name + "." + part + "._flax_linear", in, out, false);
    };
    norm1_ = &params.add(name + ".norm1.weight", {width});
    q_ = projection("attn.q_proj", width, width);
    k_ = projection("attn.k_proj", width, width);
    v_ = projection("attn.v_proj", width, width);
    out_ = projection("attn.out_proj", width, width);
    q_norm_ = &params.add(name + ".attn.q_norm.weight", {width / heads});
    k_norm_ = &params.add(name + ".attn.k_norm.weight", {width / heads});
    attention_scale_ = &params.add(name + ".attn_scale", {width});
    norm2_ = &params.add(name + ".norm2.weight", {width});
    w1_ = projection("mlp.w1", width, hidden);
    w2_ = projection("mlp.w2", hidden, width);
    w3_ = projection("mlp.w3", width, hidden);
    mlp_scale_ = &params.add(name + ".mlp_scale", {width});
}

Dual InContextBlock::operator()(const Context& context, const Dual& x, const RopeTable& table) const {
    const std::int64_t tokens = table.cos.rows();
    const DType operand = context.operand();
    Dual y = x;
    {
        const Dual n = rms_norm(context, x, *norm1_, operand);
        const auto turned = [&](const LinearLayer& layer, const Param& norm) {
            return rms_norm_rope(context, layer(context, n), norm, table, operand);
        };
        const Dual q = turned(q_, *q_norm_), k = turned(k_, *k_norm_), v = v_(context, n);
        y = gated_add(context, x, out_(context, attention(context, q, k, v, heads_, tokens)),
                      *attention_scale_);
    }
    const Dual n = rms_norm(context, y, *norm2_, operand);
    const Dual hidden = swiglu(context, w1_(context, n), w3_(context, n));
    return gated_add(context, y, w2_(context, hidden), *mlp_scale_);
}

void InContextBlock::initialise(std::uint64_t seed, double gain) const {
    for (const LinearLayer& layer : {q_, k_, v_, out_, w1_, w2_, w3_}) fill_scaled(layer, seed, gain);
    for (Param* norm : {norm1_, q_norm_, k_norm_, norm2_}) fill_constant(*norm, 1);
    for (Param* gate : {attention_scale_, mlp_scale_}) fill_constant(*gate, 0);
}

double InContextBlock::flops(std::int64_t tokens) const {
    double sum = 4.0 * static_cast<double>(tokens * norm1_->shape.count());  // Q Kᵀ and P V
    for (const LinearLayer& layer : {q_, k_, v_, out_, w1_, w2_, w3_}) sum += layer.flops();
    return sum;
}

}  // namespace mf
