// SPDX-License-Identifier: MIT
//   value  y = x Φ(x),  Φ(x) = (1 + erf(x / √2)) / 2
//   slope  dy/dx = Φ(x) + x φ(x),  φ(x) = e^(-x²/2) / √(2π)
#pragma once

#include <cmath>

#include "device/pointwise_function.hpp"
#include "ops/cpu/vector_functions.hpp"

namespace mf::laws {

/// Exact (erf) GELU. Φ and φ share one exponential: Φ(-|x|) = e^(-x²/2) q(s), s = 1 / (1 + 0.2316419 |x|),
/// with the polynomial of Abramowitz and Stegun 26.2.17 divided by √(2π) (absolute error 7.5e-8).
struct GeluErf {
    static constexpr Pointwise function = Pointwise::gelu;
    static constexpr const char* name = "gelu";
    static constexpr const char* law = "y = x Φ(x);  y' = s x',  x̄ += s ȳ,  s = Φ(x) + x φ(x)";

    static void at(FloatVector x, FloatVector& value, FloatVector& slope) {
        const FloatVector one = FloatVector{} + 1.0F, a = cpu::abs(x);
        const FloatVector g = cpu::exp2(x * x * -0.721347520F);  // e^(-x²/2)
        const FloatVector s = cpu::reciprocal(cpu::fused(FloatVector{} + 0.23164190F, a, one));
        FloatVector q = cpu::fused(FloatVector{} + 0.5307027145F, s, FloatVector{} - 0.7265760135F);
        q = cpu::fused(q, s, FloatVector{} + 0.7107068705F);
        q = cpu::fused(q, s, FloatVector{} - 0.142248368F);
        q = cpu::fused(q, s, FloatVector{} + 0.127414796F);
        const FloatVector tail = q * s * g;  // Φ(-|x|)
        value = cpu::fused(-a, tail, x > 0.0F ? x : FloatVector{});
        slope = cpu::fused(x, 0.398942280F * g, x < 0.0F ? tail : 1.0F - tail);
    }
    static double reference(double x) { return 0.5 * x * std::erfc(-x / std::sqrt(2.0)); }
};

}  // namespace mf::laws
