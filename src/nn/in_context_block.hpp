// SPDX-License-Identifier: MIT
// The block of the iMF transformer (arXiv 2512.02012, official code): pre-norm, rotary attention with normalised
// queries and keys, SwiGLU, and a learnt vector gate on each branch, zero at first.
//   x ← x + a ⊙ Attention(RMS(x)),   x ← x + b ⊙ SwiGLU(RMS(x))
#pragma once

#include "nn/layers.hpp"
#include "ops/rope.hpp"

namespace mf {

class InContextBlock {
  public:
    /// `name` + ".attn.q_proj._flax_linear.weight" and so on, as the public checkpoints call them.
    InContextBlock(ParamStore& params, const std::string& name, std::int64_t width, std::int64_t heads,
                   std::int64_t hidden);

    /// x (samples * tokens, width) f32.
    Dual operator()(const Context& context, const Dual& x, const RopeTable& table) const;
    void initialise(std::uint64_t seed, double gain) const;
    /// Of one token in a sequence of `tokens`.
    double flops(std::int64_t tokens) const;

  private:
    std::int64_t heads_;
    Param* norm1_;
    LinearLayer q_, k_, v_, out_;
    Param *q_norm_, *k_norm_, *attention_scale_;
    Param* norm2_;
    LinearLayer w1_, w2_, w3_;
    Param* mlp_scale_;
};

}  // namespace mf
