// SPDX-License-Identifier: MIT
// Images to rows of patches and back; both are permutations, so tangent and adjoint are the same map and its inverse.
//   patchify     y[patch][c][i][j] = x[p_y P + i][p_x P + j][c]        entries as a convolution's weight has them
//   unpatchify   x[p_y P + i][p_x P + j][c] = y[patch][i][j][c]
// Patches go row by row.
#pragma once

#include "ops/context.hpp"

namespace mf {

/// x (samples, H W C) to (samples * patches, C P P), f32.
Dual patchify(const Context& context, const Dual& x, const PatchGrid& grid);
/// y (samples * patches, P P C) to (samples, H W C), f32.
Dual unpatchify(const Context& context, const Dual& y, const PatchGrid& grid);

}  // namespace mf
