// SPDX-License-Identifier: MIT
// The block of DiT (arXiv 2212.09748) with adaLN-zero conditioning, as MeanFlow uses it: shift, scale and gate of both
// branches are linear in SiLU(c).
//   x ← x + g₁ ⊙ Attention(LN(x)(1 + a₁) + b₁),   x ← x + g₂ ⊙ MLP(LN(x)(1 + a₂) + b₂)
#pragma once

#include "nn/layers.hpp"

namespace mf {

class AdaLnBlock {
  public:
    /// Names of public DiT checkpoints: `name`.attn.qkv, .attn.proj, .mlp.fc1, .mlp.fc2, .adaLN_modulation.1.
    AdaLnBlock(ParamStore& params, const std::string& name, std::int64_t width, std::int64_t heads,
               std::int64_t hidden);

    /// x (samples * tokens, width) f32; `condition` (samples, width): SiLU(c).
    Dual operator()(const Context& context, const Dual& x, const Dual& condition) const;
    void initialise(std::uint64_t seed) const;
    /// Of one token in a sequence of `tokens`; the modulation is counted by the sample.
    double flops(std::int64_t tokens) const;
    double modulation_flops() const { return modulation_.flops(); }

  private:
    std::int64_t heads_;
    LinearLayer qkv_, proj_, fc1_, fc2_, modulation_;
};

}  // namespace mf
