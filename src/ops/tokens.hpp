// SPDX-License-Identifier: MIT
// The sequence of an in-context transformer: groups of learnt tokens that carry a condition, then the patches.
//   value    y[s] = [w_1 + e_1(s), w_2 + e_2(s), ..., x(s)]     w_i (n_i, C) learnt, e_i(s) (C) added to each of them
//   tangent  y' = [e_1', e_2', ..., x']
//   adjoint  w̄_i += sum over samples,  ē_i(s) += sum over the group's tokens,  x̄(s) += its rows
#pragma once

#include <span>

#include "ops/context.hpp"

namespace mf {

struct TokenGroup {
    const Param* tokens;    ///< (n, C)
    const Dual* embedding;  ///< (samples, C)
};

/// x (samples * patches, C) f32; the result (samples * (sum n + patches), C). At most 8 groups.
Dual with_tokens(const Context& context, std::span<const TokenGroup> groups, const Dual& x);
/// Of every sample's `tokens` rows those from `first` on: (samples * (tokens - first), C).
Dual without_tokens(const Context& context, const Dual& y, std::int64_t tokens, std::int64_t first);

}  // namespace mf
