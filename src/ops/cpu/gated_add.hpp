// SPDX-License-Identifier: MIT
#pragma once

#include "core/team.hpp"
#include "tensor/tensor.hpp"

namespace mf::cpu {

/// Row i of a matrix reads row i / tokens of the gates; tokens 0: one gate for all rows.
struct Gates {
    const float* g;
    std::int64_t tokens;
    const float* row(std::int64_t i, std::int64_t c) const { return tokens == 0 ? g : g + i / tokens * c; }
};

/// y = x + g f.
void gated_add(Team& team, Tensor& y, const float* x, const float* f, Gates g);
/// y += g f.
void add_gated(Team& team, Tensor& y, const float* f, Gates g);
/// df = g dy (df may be bf16).
void gate(Team& team, Tensor& df, const Tensor& dy, Gates g);
/// dg (1 or samples, C) += sum over the rows of f dy that read it.
void gate_gradient(Team& team, float* dg, const Tensor& f, const Tensor& dy, std::int64_t tokens);

}  // namespace mf::cpu
