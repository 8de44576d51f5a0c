// SPDX-License-Identifier: MIT
//   value  y = x Φ(x),  Φ(x) = (1 + erf(x / √2)) / 2
//   slope  dy/dx = Φ(x) + x φ(x),  φ(x) = e^(-x²/2) / √(2π)
#pragma once

#include <cmath>

#include "core/vector_math.hpp"
#include "machine.hpp"

namespace mf::laws {

/// Exact (erf) GELU. Φ and φ share one exponential: Φ(-|x|) = e^(-x²/2) q(s), s = 1 / (1 + 0.2316419 |x|),
/// with the polynomial of Abramowitz and Stegun 26.2.17 divided by √(2π) (absolute error 7.5e-8).
struct GeluErf {
    static constexpr const char* name = "gelu";

    static void at(FloatVector x, FloatVector& value, FloatVector& slope) {
        const FloatVector a = x < 0.0F ? -x : x;
        const FloatVector g = fast_exp(-0.5F * x * x);
        const FloatVector one = FloatVector{} + 1.0F;
        const FloatVector s = cpu::reciprocal(cpu::fused(FloatVector{} + 0.23164190F, a, one));
        FloatVector q = cpu::fused(FloatVector{} + 0.5307027145F, s, FloatVector{} - 0.7265760135F);
        q = cpu::fused(q, s, FloatVector{} + 0.7107068705F);
        q = cpu::fused(q, s, FloatVector{} - 0.142248368F);
        q = cpu::fused(q, s, FloatVector{} + 0.127414796F);
        q = q * s;                                                          // Φ(-|x|) = q g
        const FloatVector phi = x < 0.0F ? q * g : cpu::fused(-q, g, one);  // Φ(x)
        value = x * phi;
        slope = cpu::fused(x, 0.398942280F * g, phi);
    }
    static double reference(double x) { return 0.5 * x * std::erfc(-x / std::sqrt(2.0)); }
};

}  // namespace mf::laws
