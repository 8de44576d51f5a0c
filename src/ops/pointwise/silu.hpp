// SPDX-License-Identifier: MIT
//   value  y = x s,  s = σ(x)
//   slope  dy/dx = s + y (1 - s)
#pragma once

#include <cmath>

#include "device/pointwise_function.hpp"
#include "ops/cpu/vector_functions.hpp"

namespace mf::laws {

/// SiLU, also called swish.
struct Silu {
    static constexpr Pointwise function = Pointwise::silu;
    static constexpr const char* name = "silu";
    static constexpr const char* law = "y = x σ(x);  y' = s x',  x̄ += s ȳ,  s = σ(x) + y (1 - σ(x))";

    static void at(FloatVector x, FloatVector& value, FloatVector& slope) {
        const FloatVector g = cpu::exp(-x);
        const FloatVector s = cpu::reciprocal(1.0F + g);
        value = x * s;
        slope = cpu::fused(value, g * s, s);  // 1 - s = g s, without the cancellation
    }
    static double reference(double x) { return x / (1.0 + std::exp(-x)); }
};

}  // namespace mf::laws
