// SPDX-License-Identifier: MIT
//   value    y = x[:, begin .. end)
//   tangent  y' = x'[:, begin .. end)
//   adjoint  x̄[:, begin .. end) += ȳ
#pragma once

#include "ops/context.hpp"

namespace mf {

/// x (rows, cols) f32; the result (rows, end - begin) is a copy.
Dual columns(const Context& context, const Dual& x, std::int64_t begin, std::int64_t end);

}  // namespace mf
