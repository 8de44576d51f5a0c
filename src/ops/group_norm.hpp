// SPDX-License-Identifier: MIT
// Group norm (arXiv 1803.08494), optionally with SiLU behind it. Means are over one picture's pixels and the channels of
// one group:
//   value    y  = f(g n + b),              n = (x - mean(x)) s,  s = 1 / √(var(x) + ε)     var divides by the count
//   tangent  y' = f' g s (x' - mean(x') - n mean(n x'))                                    f' at g n + b
//   adjoint  with h = f' ȳ:   x̄ += s (g h - mean(g h) - n mean(n g h)),   ḡ += sum(n h),   b̄ += sum(h)
// f is SiLU or nothing. Sums are made over fixed portions of a picture, so they do not depend on the number of threads.
#pragma once

#include "ops/context.hpp"

namespace mf {

/// x (B, H, W, C) f32 or bf16, g and b (C); C is a multiple of `groups`. The result has x's shape, in the type that GEMM
/// reads.
Dual group_norm(const Context& context, const Dual& x, const Param& g, const Param& b, int groups, float eps,
                bool silu);

/// mean(x) and s of every channel's group, (B, C) each.
struct GroupStatistics {
    Tensor mean, s;
};
GroupStatistics group_statistics(const Context& context, const Tensor& x, int groups, float eps);
/// The value alone, by statistics from elsewhere: a part of a picture is normed as the whole is.
Tensor group_norm_by(const Context& context, const Tensor& x, const Param& g, const Param& b,
                     const GroupStatistics& statistics, bool silu);

}  // namespace mf
