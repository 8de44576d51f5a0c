// SPDX-License-Identifier: MIT
// What a 3 x 3 convolution reads: every place of a grid with its eight neighbours, zero beyond the edge; the convolution
// itself is then a linear layer.
//   value    y[i][j][u][v][c] = x[i + u - 1][j + v - 1][c],   u, v = 0, 1, 2
//   tangent  y' likewise from x'
//   adjoint  x̄[i][j][c] += sum over u, v of ȳ[i - u + 1][j - v + 1][u][v][c]
#pragma once

#include "ops/context.hpp"

namespace mf {

/// x (samples * height * width, C) f32 or bf16, places row by row; the result (samples * height * width, 9 C) has x's
/// type.
Dual neighbours(const Context& context, const Dual& x, std::int64_t height, std::int64_t width);

}  // namespace mf
