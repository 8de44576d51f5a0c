// SPDX-License-Identifier: MIT
#include "nn/layers.hpp"

#include "ops/linear.hpp"
#include "ops/pointwise.hpp"
#include "ops/sinusoid.hpp"

namespace mf {

LinearLayer LinearLayer::add(ParamStore& params, const std::string& name, std::int64_t in, std::int64_t out,
                             bool with_bias) {
    Param& weight = params.add(name + ".weight", {out, in}, true);
    return {&weight, with_bias ? &params.add(name + ".bias", {out}) : nullptr};
}

Dual LinearLayer::operator()(const Context& context, const Dual& x) const {
    return linear(context, x, *weight, bias);
}

ScalarEmbedder ScalarEmbedder::add(ParamStore& params, const std::string& in_name,
                                   const std::string& out_name, std::int64_t width) {
    const LinearLayer in = LinearLayer::add(params, in_name, kFeatures, width, true);
    return {in, LinearLayer::add(params, out_name, width, width, true)};
}

Dual ScalarEmbedder::operator()(const Context& context, const Dual& s) const {
    return out(context, pointwise(context, Pointwise::silu, in(context, sinusoid(context, s, kFeatures))));
}

}  // namespace mf
