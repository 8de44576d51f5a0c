// SPDX-License-Identifier: MIT
#include "generate/noise_between.hpp"

#include <algorithm>
#include <cmath>

namespace mf {

std::vector<float> noise_between(std::span<const float> a, std::span<const float> b, double s) {
    double aa = 0, bb = 0, ab = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        aa += double{a[i]} * a[i], bb += double{b[i]} * b[i], ab += double{a[i]} * b[i];
    const double angle = std::acos(std::clamp(ab / std::sqrt(aa * bb), -1.0, 1.0));
    const bool flat = std::sin(angle) < 1e-6;
    const double of_a = flat ? 1 - s : std::sin((1 - s) * angle) / std::sin(angle);
    const double of_b = flat ? s : std::sin(s * angle) / std::sin(angle);
    std::vector<float> out(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) out[i] = static_cast<float>(of_a * a[i] + of_b * b[i]);
    return out;
}

}  // namespace mf
