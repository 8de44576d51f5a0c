// SPDX-License-Identifier: MIT
// Passes of group norm over channels-last pictures. A picture is `pixels` rows of C numbers.
#pragma once

#include "core/team.hpp"
#include "device/convolution_kernels.hpp"
#include "tensor/tensor.hpp"

namespace mf::cpu {

/// What a channel does to its numbers (device/convolution_kernels.hpp), by address.
struct ChannelNumbers {
    const float *mean, *s;  ///< (pictures, C)
    const float *g, *b;     ///< (C)
};

/// mean and s (pictures, C): each channel gets those of its group.
void group_statistics(Team& team, Pool& pool, const Tensor& x, const GroupNormSize& size, float eps,
                      Tensor& mean, Tensor& s);

/// y = f(g n + b) in the type of y.
void group_norm_value(Team& team, Tensor& y, const Tensor& x, const GroupNormSize& size,
                      const ChannelNumbers& channels, bool silu);

/// to = f'(g n + b) * d: f32; d f32. `to` may be d's memory.
void times_slope(Team& team, float* to, const float* d, const Tensor& x, const GroupNormSize& size,
                 const ChannelNumbers& channels);

/// sums (pictures, C, 2) f64: Σ d and Σ n d over the pixels.
void channel_sums(Team& team, Pool& pool, Tensor& sums, const float* d, const Tensor& x,
                  const GroupNormSize& size, const ChannelNumbers& channels);

/// to = s (w d - mean(w d) - n mean(n w d)) over groups, w = g where `weighted`, else 1; then times g where it is not:
/// the adjoint and the tangent. `sums` of d as channel_sums makes them. `to` may be d's memory.
void norm_jacobian(Team& team, Pool& pool, float* to, const float* d, const Tensor& x, const Tensor& sums,
                   const GroupNormSize& size, const ChannelNumbers& channels, bool weighted);

}  // namespace mf::cpu
