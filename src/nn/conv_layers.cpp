// SPDX-License-Identifier: MIT
#include "nn/conv_layers.hpp"

#include "ops/group_norm.hpp"

namespace mf {

ConvLayer ConvLayer::add(ParamStore& params, const std::string& name, std::int64_t in, std::int64_t out,
                         std::int64_t kernel, const ConvGeometry& geometry) {
    Param& weight = params.add_kernel(name + ".weight", {out, in, kernel, kernel});
    return {&weight, &params.add(name + ".bias", {out}), geometry};
}

ConvLayer ConvLayer::same(ParamStore& params, const std::string& name, std::int64_t in, std::int64_t out,
                          std::int64_t kernel) {
    const int around = static_cast<int>(kernel / 2);
    return add(params, name, in, out, kernel, {1, 1, around, around, around, around});
}

void ConvLayer::prepare(Team& team, Precision precision, bool upsampling) {
    transformed = upsampling ? transform_kernel(team, *weight, cpu::WinogradForm::enlarged3, precision)
                             : transform_kernel(team, *weight, geometry, precision);
}

GroupNormLayer GroupNormLayer::add(ParamStore& params, const std::string& name, std::int64_t channels,
                                   std::int64_t groups) {
    Param& weight = params.add(name + ".weight", {channels});
    return {&weight, &params.add(name + ".bias", {channels}), static_cast<int>(groups)};
}

Dual GroupNormLayer::operator()(const Context& context, const Dual& x, bool silu) const {
    return group_norm(context, x, *weight, *bias, groups, eps, silu);
}

}  // namespace mf
