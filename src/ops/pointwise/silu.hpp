// SPDX-License-Identifier: MIT
//   value  y = x s,  s = σ(x)
//   slope  dy/dx = s + y (1 - s)
#pragma once

#include <cmath>

#include "core/vector_math.hpp"

namespace mf::laws {

/// SiLU, also called swish.
struct Silu {
    static constexpr const char* name = "silu";

    struct ValueSlope {
        float value, slope;
    };
    static ValueSlope at(float x) {
        const float s = 1.0F / (1.0F + fast_exp(-x));
        const float y = x * s;
        return {y, s + y * (1.0F - s)};
    }
    static double reference(double x) { return x / (1.0 + std::exp(-x)); }
};

}  // namespace mf::laws
