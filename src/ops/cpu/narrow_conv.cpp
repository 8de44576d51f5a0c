// SPDX-License-Identifier: MIT
#include "ops/cpu/narrow_conv.hpp"

#include <algorithm>
#include <array>
#include <type_traits>

#include "ops/cpu/row_math.hpp"

namespace mf::cpu {
namespace {

constexpr int kPixels = 4;  ///< of a row, which share what is loaded of the kernel
constexpr int kMost = 4;    ///< output channels

/// Kernels as [tap][out][channels in whole vectors], zeros behind the last channel.
Tensor by_taps(Pool& pool, const Tensor& w, const ConvSize& s, std::int64_t row) {
    Tensor plain = w;
    if (w.dtype() != DType::f32) {
        plain = Tensor(w.shape(), DType::f32, &pool);
        plain.copy_from(w);
    }
    Tensor out = Tensor::zeros({s.taps(), s.out, row}, DType::f32, &pool);
    for (std::int64_t tap = 0; tap < s.taps(); ++tap)
        for (std::int64_t o = 0; o < s.out; ++o)
            for (std::int64_t c = 0; c < s.in; ++c)
                out.f32()[(tap * s.out + o) * row + c] = plain.f32()[(o * s.in + c) * s.taps() + tap];
    return out;
}

/// Pixels x .. x + kPixels of one output row; `at[tap row][column]` are the pixels that they read.
template <int outputs, class X>
void narrow_tile(float (&sums)[kPixels][kMost], const X* const* at, const ConvSize& s, const float* w,
                 std::int64_t row) {
    FloatVector acc[kPixels][outputs] = {};
    const std::int64_t columns = s.kernel_cols + kPixels - 1;
    const auto add = [&](std::int64_t c, auto read) {
        for (std::int64_t u = 0; u < s.kernel_rows; ++u)
            for (std::int64_t v = 0; v < s.kernel_cols; ++v) {
                const float* kernel = w + (u * s.kernel_cols + v) * outputs * row + c;
                FloatVector weight[outputs];
                for (int o = 0; o < outputs; ++o) weight[o] = load(kernel + o * row);
                for (int p = 0; p < kPixels; ++p) {
                    const FloatVector pixel = read(at[u * columns + v + p]);
                    for (int o = 0; o < outputs; ++o) acc[p][o] = fused(pixel, weight[o], acc[p][o]);
                }
            }
    };
    std::int64_t c = 0;
    for (; c + kVectorFloats <= s.in; c += kVectorFloats)
        add(c, [c](const X* from) { return get(from + c); });
    if (c < s.in)
        add(c, [c, n = s.in - c](const X* from) {
            X part[kVectorFloats] = {};
            std::copy_n(from + c, n, part);
            return get(part);
        });
    for (int p = 0; p < kPixels; ++p)
        for (int o = 0; o < outputs; ++o) sums[p][o] = sum_of_lanes(acc[p][o]);
}

template <class X>
void narrow_row(const X* x, const X* zeros, const PictureOut& y, const ConvSize& s, const float* w,
                std::int64_t row, const ConvFinish& finish, std::int64_t picture, std::int64_t i) {
    const std::int64_t columns = s.kernel_cols + kPixels - 1;
    std::array<const X*, 64> at;
    for (std::int64_t j = 0; j < s.out_width; j += kPixels) {
        for (std::int64_t u = 0; u < s.kernel_rows; ++u)
            for (std::int64_t v = 0; v < columns; ++v) {
                const std::int64_t from_y = i + u - s.top, from_x = j + v - s.left;
                const bool inside = from_y >= 0 && from_x >= 0 && from_y < s.height && from_x < s.width;
                at[static_cast<std::size_t>(u * columns + v)] =
                    inside ? x + ((picture * s.height + from_y) * s.width + from_x) * s.in : zeros;
            }
        float sums[kPixels][kMost];
        switch (s.out) {
            case 1:
                narrow_tile<1>(sums, at.data(), s, w, row);
                break;
            case 2:
                narrow_tile<2>(sums, at.data(), s, w, row);
                break;
            case 3:
                narrow_tile<3>(sums, at.data(), s, w, row);
                break;
            default:
                narrow_tile<4>(sums, at.data(), s, w, row);
        }
        for (std::int64_t p = 0; p < std::min<std::int64_t>(kPixels, s.out_width - j); ++p)
            for (std::int64_t o = 0; o < s.out; ++o)
                y.at(picture, i, j + p)[o] = sums[p][o] + (finish.bias != nullptr ? finish.bias[o] : 0.0F);
    }
    finish_pixels(y, finish, y.at(picture, i, 0), s.out_width);
}

}  // namespace

bool serves_narrow(const ConvSize& s) {
    return s.stride_y == 1 && s.stride_x == 1 && s.out <= kMost && s.in >= kVectorFloats &&
           s.kernel_rows * (s.kernel_cols + kPixels - 1) <= 64;
}

void convolve_narrow(Team& team, Pool& pool, const Tensor& x, const PictureOut& y, const ConvSize& size,
                     const Tensor& w, const ConvFinish& finish) {
    check(serves_narrow(size) && w.count() == size.out * size.in * size.taps(),
          "[conv] a kernel of {} numbers for {} channels", w.count(), size.out);
    const std::int64_t row = (size.in + kVectorFloats - 1) / kVectorFloats * kVectorFloats;
    const Tensor kernels = by_taps(pool, w, size, row), zeros = Tensor::zeros({row}, DType::f32, &pool);
    in_type(x, [&](const auto* from) {
        using X = std::remove_cvref_t<decltype(*from)>;
        team.split(y.shape.batch * size.out_height, 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i)
                narrow_row(from, static_cast<const X*>(zeros.raw()), y, size, kernels.f32(), row, finish,
                           i / size.out_height, i % size.out_height);
        });
    });
}

}  // namespace mf::cpu
