// SPDX-License-Identifier: MIT
// One (sample, head) is one piece of work: K and V are packed once, queries go by in blocks whose scores stay in cache.
#pragma once

#include "core/team.hpp"
#include "tensor/tensor.hpp"

namespace mf::cpu {

struct AttentionSizes {
    std::int64_t samples, tokens, heads, d;
    std::int64_t columns() const { return heads * d; }
};

/// q, k, v and their tangents over the last samples (any may be empty), all f32 or, with an even d, all bf16: then the
/// products read bf16, P included, and softmax is f32. y and y_dot f32 or bf16; log_sums (samples * heads, tokens) f32,
/// may be empty.
struct AttentionPass {
    const Tensor &q, &k, &v, &q_dot, &k_dot, &v_dot;
    Tensor &y, &y_dot, &log_sums;
};
void attention(Team& team, Pool& pool, const AttentionSizes& sizes, const AttentionPass& pass);

struct AttentionAdjoint {
    const Tensor &q, &k, &v, &o, &log_sums, &dy;
    Tensor &dq, &dk, &dv;
};
void attention_adjoint(Team& team, Pool& pool, const AttentionSizes& sizes, const AttentionAdjoint& pass);

}  // namespace mf::cpu
