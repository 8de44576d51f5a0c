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

/// q, k, v f32 and their tangents over the last samples (any may be empty); y and y_dot f32 or bf16; log_sums
/// (samples * heads, tokens) may be empty.
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
