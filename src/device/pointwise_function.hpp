// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace mf {

/// Functions of one number (ops/pointwise).
enum class Pointwise : std::uint8_t { gelu, gelu_tanh, silu };

}  // namespace mf
