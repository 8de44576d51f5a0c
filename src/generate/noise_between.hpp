// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

namespace mf {

/// Along the great circle from a to b (Shoemake 1985), where Gaussian noise keeps its length; s on [0, 1], both of the
/// same size.
std::vector<float> noise_between(std::span<const float> a, std::span<const float> b, double s);

}  // namespace mf
