// SPDX-License-Identifier: MIT
// Kernels of convolutional networks on pictures (pictures, height, width, channels): views have a row a pixel. All f32
// unless said otherwise. Not every device has them.
#pragma once

#include "device/matrix_kernels.hpp"
#include "device/view.hpp"

namespace mf {

/// Sizes of one convolution. Rows and columns before `top` and `left` and behind the picture are zero.
struct ConvSize {
    std::int64_t height, width, in;                              ///< a picture
    std::int64_t out_height, out_width, out;                     ///< its result
    std::int64_t kernel_rows, kernel_cols;                       ///< taps
    std::int64_t stride_y = 1, stride_x = 1, top = 0, left = 0;  ///< negative: so many of x are not read

    std::int64_t taps() const { return kernel_rows * kernel_cols; }
    /// A linear layer of every pixel.
    bool is_linear() const {
        return taps() == 1 && stride_y == 1 && stride_x == 1 && height == out_height && width == out_width;
    }
};

/// y = max(0, w * x + bias + residual), each part if wanted.
struct ConvPass {
    std::int64_t pictures;
    ConvSize size;
    View x;  ///< f32 or bf16
    Into
        y;  ///< pictures that may have more channels than the result: it goes to those from `first_channel` on
    View bias;      ///< (out), or absent
    View residual;  ///< laid out as the result is, or absent
    bool relu = false;
    std::int64_t first_channel = 0;
};

struct GroupNormSize {
    std::int64_t pictures, pixels, channels, groups;
    std::int64_t members() const { return channels / groups; }
    std::int64_t count() const { return pixels * members(); }
};

/// What a channel does to its numbers: n = (x - mean) s with its group's mean and s; g and b its own.
struct NormChannels {
    View mean, s;  ///< (pictures, C)
    View g, b;     ///< (C)
};

/// Square windows that step over pictures, places outside left out.
struct PoolWindows {
    std::int64_t kernel, stride, padding;
    std::int64_t height, width, channels, out_height, out_width;
};

/// A sparse matrix (out, in) by rows: entries first[o] .. first[o + 1] - 1 of `index` and `weight`.
struct SparseRows {
    std::int64_t in, out;
    View first, index;  ///< i32
    View weight;        ///< f32
};

class ConvolutionKernels {
  public:
    /// Every number is one chain of products in the order (row, column, channel) of the taps, in the type of the factors.
    virtual void convolve(const ConvPass& pass, const Weight& w, Pool& scratch) = 0;
    /// The same by whatever is fastest for inference; `transformed` (ops/still_conv.hpp) or null.
    virtual void convolve_still(const ConvPass& pass, const Weight& w, const PreparedWeight* transformed,
                                Pool& scratch) = 0;
    /// dx = what dy, f32 or bf16, gives to it; products in the type of the factors of w.
    virtual void convolve_adjoint(Into dx, View dy, std::int64_t pictures, const ConvSize& size,
                                  const Weight& w, Pool& scratch) = 0;
    /// dw += Σ over pictures and pixels of dy x.
    virtual void kernel_gradient(Into dw, View dy, View x, std::int64_t pictures, const ConvSize& size,
                                 Pool& scratch) = 0;

    /// x f32 or bf16 in all of these. mean and s (pictures, C): each channel gets those of its group.
    virtual void group_statistics(Into mean, Into s, View x, const GroupNormSize& size, float eps,
                                  Pool& scratch) = 0;
    /// y = f(g n + b), f32 or bf16; f is silu or nothing.
    virtual void group_norm(Into y, View x, const GroupNormSize& size, const NormChannels& channels,
                            bool silu) = 0;
    /// y = silu'(g n + b) d. y may be d.
    virtual void group_norm_slope(Into y, View d, View x, const GroupNormSize& size,
                                  const NormChannels& channels) = 0;
    /// sums (pictures, 2 C) f64: Σ d and Σ n d over the pixels, beside each other for every channel.
    virtual void group_norm_sums(Into sums, View d, View x, const GroupNormSize& size,
                                 const NormChannels& channels, Pool& scratch) = 0;
    /// y = s (w d - mean(w d) - n mean(n w d)) over groups, w = g where `weighted`, else 1; then times g where it is not:
    /// the adjoint and the tangent. `sums` of d. y may be d.
    virtual void group_norm_jacobian(Into y, View d, View x, View sums, const GroupNormSize& size,
                                     const NormChannels& channels, bool weighted, Pool& scratch) = 0;
    /// db += Σ d, dg += Σ n d over the pictures.
    virtual void group_norm_gradients(Into dg, Into db, View sums, const GroupNormSize& size) = 0;

    /// y and, unless absent, the place within its picture of every largest number (i32).
    virtual void max_pool(Into y, Into places, View x, const PoolWindows& windows) = 0;
    /// y = what the windows chose of d.
    virtual void max_pool_chosen(Into y, View d, View places, const PoolWindows& windows) = 0;
    virtual void max_pool_adjoint(Into dx, View dy, View places, const PoolWindows& windows) = 0;

    /// y[i][j] = Σ rows[i][k] cols[j][l] x[k][l], for every picture and channel.
    virtual void separable(Into y, View x, const SparseRows& rows, const SparseRows& cols) = 0;

  protected:
    ~ConvolutionKernels() = default;
};

}  // namespace mf
