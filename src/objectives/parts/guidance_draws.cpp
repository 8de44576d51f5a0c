// SPDX-License-Identifier: MIT
#include "objectives/parts/guidance_draws.hpp"

#include <algorithm>
#include <cmath>

namespace mf {

double guidance_strength(double unit, double beta, double s_max) {
    // The inverse of the distribution function; beta = 1 is the limit of the other case.
    if (beta == 1) return std::pow(1 + s_max, unit);
    const double power = 1 - beta;
    return std::pow(1 + unit * (std::pow(1 + s_max, power) - 1), 1 / power);
}

GuidanceInterval guidance_interval(double unit_min, double unit_max, bool equal) {
    if (equal) return {0, 1};
    return {0.5 * unit_min, 0.5 * (1 + unit_max)};
}

std::int64_t dropped_labels(std::span<const float> units, double probability) {
    return std::ranges::count_if(units, [&](float unit) { return static_cast<double>(unit) < probability; });
}

}  // namespace mf
