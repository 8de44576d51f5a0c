// SPDX-License-Identifier: MIT
// Softmax attention within each sample, all heads. For one head with S = s Q Kᵀ, s = 1/√d:
//   value    O  = P V,   P = softmax(S)
//   tangent  S' = s (Q' Kᵀ + Q K'ᵀ),   H = P ⊙ S',   O' = P V' + (H - rowsum(H) P) V
//   adjoint  P̄ = Ō Vᵀ,   S̄ = P ⊙ (P̄ - rowsum(Ō ⊙ O)),   Q̄ += s S̄ K,   K̄ += s S̄ᵀ Q,   V̄ += Pᵀ Ō
// P exists for a block of queries at a time, in cache; kept are Q, K, V, O and the log-sum-exp of every row. Under bf16
// the factors of every product are bf16 (P, H and S̄ too), sums, softmax and gradients f32.
#pragma once

#include "ops/context.hpp"

namespace mf {

/// q, k, v (samples * tokens, heads * d) f32 or in the type that GEMM reads; the result, of the same shape, is of that
/// type. With an odd d everything inside is f32.
Dual attention(const Context& context, const Dual& q, const Dual& k, const Dual& v, std::int64_t heads,
               std::int64_t tokens);

}  // namespace mf
