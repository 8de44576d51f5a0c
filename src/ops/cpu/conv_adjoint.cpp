// SPDX-License-Identifier: MIT
#include <algorithm>

#include "ops/cpu/conv.hpp"
#include "ops/cpu/elementwise.hpp"
#include "ops/cpu/gemm.hpp"
#include "ops/cpu/strip.hpp"

namespace mf::cpu {
namespace {

/// dy with stride - 1 rows and columns of zeros between its pixels: its convolution by steps of one is the adjoint.
Tensor spread_out(Team& team, Pool& pool, const Tensor& dy, const ConvSize& s) {
    if (s.stride_y == 1 && s.stride_x == 1) return dy;
    const std::int64_t pictures = dy.shape()[0], height = (s.out_height - 1) * s.stride_y + 1,
                       width = (s.out_width - 1) * s.stride_x + 1;
    const auto pixel = static_cast<std::int64_t>(size_of(dy.dtype())) * s.out;
    Tensor out({pictures, height, width, s.out}, dy.dtype(), &pool);
    const auto* from = static_cast<const std::byte*>(dy.raw());
    auto* to = static_cast<std::byte*>(out.raw());
    team.split(pictures * height, 1, [&](std::int64_t begin, std::int64_t end) {
        std::fill(to + begin * width * pixel, to + end * width * pixel, std::byte{0});
        for (std::int64_t row = begin; row < end; ++row) {
            const std::int64_t picture = row / height, i = row % height;
            if (i % s.stride_y != 0) continue;
            const std::byte* in = from + (picture * s.out_height + i / s.stride_y) * s.out_width * pixel;
            for (std::int64_t j = 0; j < s.out_width; ++j)
                std::copy_n(in + j * pixel, pixel, to + (row * width + j * s.stride_x) * pixel);
        }
    });
    return out;
}

/// The weight of the adjoint: taps turned by half a turn, output and input channels exchanged, packed.
Panels turned_panels(Team& team, Pool& pool, const ConvSize& s, const float* w, DType packed) {
    const std::int64_t taps = s.taps(), k = taps * s.out, panels = (s.in + kPanel - 1) / kPanel;
    Tensor turned({s.in, k}, DType::f32, &pool);
    Panels out{Tensor({panels, packed == DType::bf16 ? (k + 1) / 2 * 2 : k, kPanel}, packed, &pool), k, s.in};
    team.split(panels, 1, [&](std::int64_t begin, std::int64_t end) {
        float* to = turned.f32() + begin * kPanel * k;
        for (std::int64_t c = begin * kPanel; c < std::min(s.in, end * kPanel); ++c)
            for (std::int64_t t = taps - 1; t >= 0; --t)
                for (std::int64_t o = 0; o < s.out; ++o) *to++ = w[(o * s.in + c) * taps + t];
        for (std::int64_t p = begin; p < end; ++p)
            pack_panel(static_cast<std::byte*>(out.data.raw()) + p * out.panel_bytes(),
                       {turned.f32(), k, s.in, 1, k}, p, packed);
    });
    return out;
}

}  // namespace

void convolve_back(Team& team, Pool& pool, const Tensor& dy, Tensor& dx, const ConvSize& s, const float* w,
                   DType packed) {
    if (s.is_linear()) {
        const Tensor left = as_type(team, pool, dy, packed);
        multiply(team, pool, {&left, &dx, nullptr}, {w, s.out, s.in, s.in, 1}, packed);
        return;
    }
    const Tensor spread = spread_out(team, pool, dy, s);
    const ConvSize back{.height = spread.shape()[1],
                        .width = spread.shape()[2],
                        .in = s.out,
                        .out_height = s.height,
                        .out_width = s.width,
                        .out = s.in,
                        .kernel_rows = s.kernel_rows,
                        .kernel_cols = s.kernel_cols,
                        .top = s.kernel_rows - 1 - s.top,
                        .left = s.kernel_cols - 1 - s.left};
    convolve(team, pool, spread, dx, back, turned_panels(team, pool, s, w, packed), nullptr);
}

void accumulate_kernel(Team& team, Pool& pool, float* dw, const Tensor& dy, const Tensor& x,
                       const ConvSize& s) {
    const std::int64_t rows = (s.out_height - 1) * s.stride_y + s.kernel_rows;
    const std::int64_t cols = (s.out_width - 1) * s.stride_x + s.kernel_cols;
    const std::int64_t run = s.kernel_cols * s.in, all = s.kernel_rows * run;
    Tensor padded({rows * cols * s.in + kPanel}, DType::f32,
                  &pool);  // the last panel reads beyond the last pixel
    Tensor sums = Tensor::zeros({s.out, all}, DType::f32, &pool);  // tap by tap
    for (std::int64_t picture = 0; picture < dy.shape()[0]; ++picture) {
        team.split(rows, 1, [&](std::int64_t begin, std::int64_t end) {
            copy_window(reinterpret_cast<std::byte*>(padded.f32() + begin * cols * s.in), DType::f32, x, s,
                        picture, {begin - s.top, end - begin, s.left, cols});
        });
        // Pixels of an output row are the steps of a product; those of the left factor start anew in each row.
        team.split(s.out, kMicroRows, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = 0; i < s.out_height; ++i)
                for (std::int64_t u = 0; u < s.kernel_rows; ++u)
                    for (std::int64_t j = 0; j < run; j += kPanel)
                        run_strip<false, false, Start::add>(Strip{
                            .a = reinterpret_cast<const std::byte*>(
                                dy.f32() + (picture * s.out_height + i) * s.out_width * s.out + begin),
                            .a_stride = s.out,
                            .b = reinterpret_cast<const std::byte*>(padded.f32() +
                                                                    (i * s.stride_y + u) * cols * s.in + j),
                            .b_stride = s.stride_x * s.in,
                            .k = s.out_width,
                            .c = sums.f32() + begin * all + u * run + j,
                            .c_row = all,
                            .m = end - begin,
                            .width = std::min<std::int64_t>(kPanel, run - j),
                            .bias = nullptr});
        });
    }
    const std::int64_t taps = s.taps();
    team.split(s.out, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t o = begin; o < end; ++o)
            for (std::int64_t c = 0; c < s.in; ++c)
                for (std::int64_t t = 0; t < taps; ++t)
                    dw[(o * s.in + c) * taps + t] += sums.f32()[o * all + t * s.in + c];
    });
}

}  // namespace mf::cpu
