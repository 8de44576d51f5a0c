// SPDX-License-Identifier: MIT
// Kernels of transformers. Rows are tokens, those of a sample follow each other. All f32 unless said otherwise.
#pragma once

#include "device/view.hpp"

namespace mf {

class Pool;

struct AttentionSizes {
    std::int64_t samples, tokens, heads, d;
    std::int64_t columns() const { return heads * d; }
};

/// q, k, v and their tangents over the last samples (any may be absent), all f32 or, with an even d, all bf16: then the
/// products read bf16, P included, and softmax is f32. y and y_dot f32 or bf16; log_sums (samples * heads, tokens) may be
/// absent.
struct AttentionPass {
    View q, k, v, q_dot, k_dot, v_dot;
    Into y, y_dot, log_sums;
};

struct AttentionAdjoint {
    View q, k, v, o, log_sums, dy;
    Into dq, dk, dv;
};

/// x, scale and shift and what is known of how they move; a tangent covers the last rows, or is absent.
struct ModulatePass {
    View x, shift, scale, x_dot, shift_dot, scale_dot;
    Into y, y_dot;  ///< of one type, f32 or bf16
};

/// Tokens [first, first + count) of sequences of `length`.
struct TokenRange {
    std::int64_t first, count, length;
};

class SequenceKernels {
  public:
    virtual void attention(const AttentionSizes& sizes, const AttentionPass& pass, Pool& scratch) = 0;
    virtual void attention_adjoint(const AttentionSizes& sizes, const AttentionAdjoint& pass,
                                   Pool& scratch) = 0;
    /// y = R x (sign +1) or Rᵀ x (sign -1), heads of the columns of `cos`, as many tokens as it has rows. y f32 or bf16;
    /// where it is f32 it may be x.
    virtual void rope(Into y, View x, View cos, View sin, float sign) = 0;

    /// y = x + g f. Row i reads gate i / tokens; tokens 0: one gate for all rows.
    virtual void gated_add(Into y, View x, View f, View g, std::int64_t tokens) = 0;
    /// y += g f.
    virtual void add_gated(Into y, View f, View g, std::int64_t tokens) = 0;
    /// df = g dy; df f32 or bf16.
    virtual void gate(Into df, View dy, View g, std::int64_t tokens) = 0;
    /// dg += the sum over the rows that read a gate of f dy.
    virtual void gate_gradient(Into dg, View f, View dy, std::int64_t tokens) = 0;

    /// y = x (1 + scale) + shift, of scales and shifts of one row for several of x; and y' where y_dot is wanted.
    virtual void modulate(const ModulatePass& pass) = 0;
    virtual void modulate_adjoint(Into dx, Into dshift, Into dscale, View dy, View x, View scale) = 0;

    /// Row of token i of the range in sample s: y = w[i] + e[s]; w absent: e[s].
    virtual void put_tokens(Into y, TokenRange range, View w, View e) = 0;
    /// The adjoint: dw += Σ_s dy, de += Σ_i dy (unless absent).
    virtual void put_tokens_adjoint(Into dw, Into de, View dy, TokenRange range) = 0;
    /// y (samples, cols): means over `tokens`.
    virtual void mean_tokens(Into y, View x, std::int64_t tokens) = 0;
    virtual void mean_tokens_adjoint(Into dx, View dy, std::int64_t tokens) = 0;

    /// Row i of y = row labels[i] of the table; labels are in the memory of the host and in range.
    virtual void embedding(Into y, View table, const std::int32_t* labels) = 0;
    virtual void embedding_adjoint(Into dtable, View dy, const std::int32_t* labels) = 0;
    /// y = [cos, sin] of s (rows, 1) times the frequencies; y_dot of the last rows, or absent.
    virtual void sinusoid(Into y, Into y_dot, View s, View s_dot, double period) = 0;
    /// ds from dy and the y of before.
    virtual void sinusoid_adjoint(Into ds, View dy, View y, double period) = 0;

  protected:
    ~SequenceKernels() = default;
};

}  // namespace mf
