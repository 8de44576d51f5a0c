// SPDX-License-Identifier: MIT
// Layers that every transformer here is built from: parameters under the names that checkpoints use, and one body for
// values and tangents alike.
#pragma once

#include <string>

#include "ops/context.hpp"
#include "ops/param.hpp"
#include "tensor/dual.hpp"

namespace mf {

/// y = x Wᵀ (+ b).
struct LinearLayer {
    Param* weight = nullptr;
    Param* bias = nullptr;

    /// Adds `name`.weight (out, in) and, when `with_bias`, `name`.bias (out).
    static LinearLayer add(ParamStore& params, const std::string& name, std::int64_t in, std::int64_t out,
                           bool with_bias);
    Dual operator()(const Context& context, const Dual& x) const;
    /// Multiply-adds of one row, times two.
    double flops() const { return 2.0 * static_cast<double>(weight->shape.count()); }
};

/// Features of a scalar condition: 256 sinusoids, linear, SiLU, linear.
struct ScalarEmbedder {
    static constexpr std::int64_t kFeatures = 256;
    LinearLayer in, out;

    /// `in_name`, `out_name`: full names of the two linear layers.
    static ScalarEmbedder add(ParamStore& params, const std::string& in_name, const std::string& out_name,
                              std::int64_t width);
    /// s (rows, 1), unscaled; the result (rows, width).
    Dual operator()(const Context& context, const Dual& s) const;
    double flops() const { return in.flops() + out.flops(); }
};

}  // namespace mf
