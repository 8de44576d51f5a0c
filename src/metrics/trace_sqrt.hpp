// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include "core/team.hpp"

namespace mf {

/// tr((A B)^(1/2)) of two covariances (d, d), symmetric. They may be singular, and, as rounding to single precision leaves
/// them, a little indefinite: negative eigenvalues count as 0. Error when one is not positive semi-definite by more.
///
/// With any root A = F F^T, A B and F^T B F have the same eigenvalues but for zeros, and the latter is symmetric, so that
/// its eigenvalues are exact to rounding. Where a covariance is singular the one of lower rank gives a narrow F: zeros,
/// whose computed square roots would be of the order 1e-8, do not take part.
double trace_sqrt_product(std::span<const double> a, std::span<const double> b, std::int64_t d, Team& team);

}  // namespace mf
