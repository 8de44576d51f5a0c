// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace mf {

/// Functions of one number: a word here, a file in ops/pointwise and a place in its list (ops/pointwise/laws.hpp).
enum class Pointwise : std::uint8_t { gelu, gelu_tanh, silu };

}  // namespace mf
