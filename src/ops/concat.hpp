// SPDX-License-Identifier: MIT
//   value    y  = [x_1, x_2, ...]      side by side
//   tangent  y' = [x_1', x_2', ...]    a part without a tangent contributes zeros
//   adjoint  x̄_i += columns of ȳ that x_i filled
#pragma once

#include <span>

#include "ops/context.hpp"

namespace mf {

/// Parts (rows, c_i) f32, at most 8; the result is (rows, sum c_i). Tangents, where there are any, cover as many rows
/// as the longest of them; a shorter one is continued by zeros upwards.
Dual concat(const Context& context, std::span<const Dual* const> parts);

}  // namespace mf
