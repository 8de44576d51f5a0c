// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mf {

/// Sorts numbers (no NaN) upwards by their bits, eleven at a time: several times as fast as comparing them.
/// `scratch` grows as needed and may be used again.
void sort_floats(std::span<float> values, std::vector<std::uint32_t>& scratch);

}  // namespace mf
