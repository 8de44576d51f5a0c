// SPDX-License-Identifier: MIT
//   value  y = x s,  s = σ(2 w),  w = √(2/π) (x + 0.044715 x³)      (σ(2w) = (1 + tanh w) / 2)
//   slope  dy/dx = s + x s (1 - s) 2 dw/dx,  dw/dx = √(2/π) (1 + 3 · 0.044715 x²)
#pragma once

#include <cmath>

#include "device/pointwise_function.hpp"
#include "ops/cpu/vector_functions.hpp"

namespace mf::laws {

/// The tanh approximation of GELU (Hendrycks and Gimpel 2016), as DiT uses it.
struct GeluTanh {
    static constexpr Pointwise function = Pointwise::gelu_tanh;
    static constexpr const char* name = "gelu_tanh";
    static constexpr const char* law =
        "y = x (1 + tanh w) / 2,  w = √(2/π) (x + 0.044715 x³);  y' = s x',  x̄ += s ȳ,  s = dy/dx";

    static void at(FloatVector x, FloatVector& value, FloatVector& slope) {
        constexpr float c = 1.5957691216F;  // 2 √(2/π)
        const FloatVector one = FloatVector{} + 1.0F, square = x * x;
        const FloatVector x2 =
            square < 100.0F ? square : FloatVector{} + 100.0F;  // beyond, s is 0 or 1 whatever it is
        const FloatVector g = cpu::exp(-c * x * cpu::fused(FloatVector{} + 0.044715F, x2, one));
        const FloatVector s = cpu::reciprocal(1.0F + g);
        value = x * s;
        // 1 - s = g s, without the cancellation.
        slope = cpu::fused(value * (g * s) * c, cpu::fused(FloatVector{} + 0.134145F, x2, one), s);
    }
    static double reference(double x) {
        return 0.5 * x * (1.0 + std::tanh(std::sqrt(2.0 / M_PI) * (x + 0.044715 * x * x * x)));
    }
};

}  // namespace mf::laws
