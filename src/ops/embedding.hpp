// SPDX-License-Identifier: MIT
// Rows of a table.
//   value    y_i = table[label_i]        a label does not move: no tangent
//   adjoint  table̅[label_i] += ȳ_i
#pragma once

#include "ops/context.hpp"

namespace mf {

/// labels (rows) i32 in [0, entries), table (entries, C); the result (rows, C) f32. Error on a label out of range.
Dual embedding(const Context& context, const Tensor& labels, const Param& table);

}  // namespace mf
