// SPDX-License-Identifier: MIT
// How the squared residuals of the rows become one loss.
#pragma once

#include "core/options.hpp"
#include "ops/square_loss.hpp"

namespace mf {

struct Weighting {
    bool adaptive = false;
    double p = 1, p_end = 1;  ///< power at the start and at the end of training, linear between
    double c = 1e-3;

    SquareWeight at(double progress) const { return {adaptive ? p + (p_end - p) * progress : 0.0, c}; }
    /// none: mean over rows and dimensions; adaptive: mean over rows of the sum over dimensions.
    double divisor(std::int64_t batch, std::int64_t dimensions) const {
        return static_cast<double>(batch) * (adaptive ? 1.0 : static_cast<double>(dimensions));
    }
    static const OptionTable& options();
    static Weighting make(const Settings& settings);
};

}  // namespace mf
