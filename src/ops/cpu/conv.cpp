// SPDX-License-Identifier: MIT
#include "ops/cpu/conv.hpp"

#include <algorithm>

#include "ops/cpu/gemm.hpp"
#include "ops/cpu/row_math.hpp"
#include "ops/cpu/tap_strip.hpp"

namespace mf::cpu {
namespace {

constexpr std::int64_t kStripeBytes =
    512 * 1024;  ///< half of a second-level cache; the panels stream past it

/// How stripes of one convolution are cut and read.
struct Plan {
    const ConvSize& size;
    bool pairs;           ///< bf16
    std::int64_t width;   ///< input columns that an output row reads
    std::int64_t stripe;  ///< output rows of a stripe
    bool edges;           ///< some of these columns lie outside the picture, or the type is another

    Plan(const ConvSize& s, DType from, DType packed) : size(s), pairs(packed == DType::bf16) {
        width = (s.out_width - 1) * s.stride_x + s.kernel_cols;
        const std::int64_t row = width * s.in * element();
        stripe =
            std::clamp<std::int64_t>((kStripeBytes / row - s.kernel_rows) / s.stride_y + 1, 1, s.out_height);
        edges = s.left != 0 || width > s.width || from != packed;
    }
    std::int64_t element() const { return pairs ? 2 : 4; }
    std::int64_t input_rows(std::int64_t rows) const { return (rows - 1) * size.stride_y + size.kernel_rows; }
    std::int64_t scratch_bytes() const { return input_rows(stripe) * width * size.in * element(); }
};

template <class To, class From>
void copy_rows(To* to, const From* x, const ConvSize& s, const Window& window) {
    const std::int64_t begin = std::clamp<std::int64_t>(window.left, 0, window.cols);
    const std::int64_t end = std::clamp<std::int64_t>(window.left + s.width, begin, window.cols);
    const std::int64_t left = begin * s.in, inside = (end - begin) * s.in, all = window.cols * s.in;
    for (std::int64_t i = window.first; i < window.first + window.rows; ++i, to += all) {
        if (i < 0 || i >= s.height) {
            std::fill_n(to, all, To{});
            continue;
        }
        const From* from = x + (i * s.width + begin - window.left) * s.in;
        std::fill_n(to, left, To{});
        fill_row(
            to + left, inside, [=](std::int64_t j) { return get(from + j); },
            [=](std::int64_t j) { return to_float(from[j]); });
        std::fill_n(to + left + inside, all - left - inside, To{});
    }
}

/// Output rows [begin, end) of one picture, all channels.
void convolve_stripe(const Plan& plan, const Tensor& x, const PictureOut& y, const Panels& w,
                     const ConvFinish& finish, std::byte* scratch, std::int64_t picture, std::int64_t begin,
                     std::int64_t end) {
    const ConvSize& s = plan.size;
    const std::int64_t first = begin * s.stride_y - s.top, rows = plan.input_rows(end - begin);
    const std::byte* from = scratch;
    std::int64_t width = plan.width;
    if (plan.edges || first < 0 || first + rows > s.height) {
        copy_window(scratch, plan.pairs ? DType::bf16 : DType::f32, x, s, picture,
                    {first, rows, s.left, plan.width});
    } else {
        from = static_cast<const std::byte*>(x.raw()) +
               (picture * s.height + first) * s.width * s.in * plan.element();
        width = s.width;
    }
    const std::int64_t unit = plan.pairs ? 2 : 1;  // elements are pairs under bf16
    float padded_bias[kPanel];
    for (std::int64_t p = 0; p * kPanel < s.out; ++p) {
        const std::int64_t columns = std::min<std::int64_t>(kPanel, s.out - p * kPanel);
        std::fill_n(padded_bias, kPanel, 0.0F);
        if (finish.bias != nullptr) std::copy_n(finish.bias + p * kPanel, columns, padded_bias);
        for (std::int64_t i = begin; i < end; ++i) {
            const TapStrip strip{.a = from + (i - begin) * s.stride_y * width * s.in * plan.element(),
                                 .a_pixel = s.stride_x * s.in / unit,
                                 .a_row = width * s.in / unit,
                                 .rows = s.kernel_rows,
                                 .run = s.kernel_cols * s.in / unit,
                                 .b = w.panel(p),
                                 .c = y.at(picture, i, 0) + p * kPanel,
                                 .c_row = y.shape.stride,
                                 .m = s.out_width,
                                 .width = columns,
                                 .bias = padded_bias};
            plan.pairs ? run_taps<true>(strip) : run_taps<false>(strip);
        }
    }
    for (std::int64_t i = begin; i < end; ++i) finish_pixels(y, finish, y.at(picture, i, 0), s.out_width);
}

}  // namespace

void convolve(Team& team, Pool& pool, const Tensor& x, Tensor& y, const ConvSize& size, const Panels& w,
              const float* bias) {
    if (x.empty()) return;
    convolve(team, pool, x, {y.f32(), {y.shape()[0], size.out_height, size.out_width, size.out, size.out}},
             size, w, {.bias = bias});
}

void convolve(Team& team, Pool& pool, const Tensor& x, const PictureOut& y, const ConvSize& size,
              const Panels& w, const ConvFinish& finish) {
    const DType packed = w.data.dtype();
    check(packed != DType::bf16 || size.in % 2 == 0, "[conv] bf16 wants an even number of channels, got {}",
          size.in);
    check(w.k == size.taps() * size.in && w.n == size.out,
          "[conv] the weight is packed as ({}, {}), expected ({}, {})", w.k, w.n, size.taps() * size.in,
          size.out);
    const std::int64_t pictures = x.count() / (size.height * size.width * size.in);
    const Plan plan(size, x.dtype(), packed);
    Tensor scratch({team.size(), (plan.scratch_bytes() + 63) / 64 * 16}, DType::f32, &pool);
    const std::int64_t rows = pictures * size.out_height;
    team.run([&](int lane) {
        auto* own = reinterpret_cast<std::byte*>(scratch.f32() + lane * scratch.cols());
        std::int64_t row = rows * lane / team.size();
        const std::int64_t last = rows * (lane + 1) / team.size();
        while (row < last) {
            const std::int64_t picture = row / size.out_height, begin = row % size.out_height;
            const std::int64_t end = std::min({begin + plan.stripe, size.out_height, begin + last - row});
            convolve_stripe(plan, x, y, w, finish, own, picture, begin, end);
            row += end - begin;
        }
    });
}

void copy_window(std::byte* to, DType type, const Tensor& x, const ConvSize& size, std::int64_t picture,
                 const Window& window) {
    const std::int64_t offset = picture * size.height * size.width * size.in;
    in_type(x, [&](const auto* from) {
        if (type == DType::bf16)
            copy_rows(reinterpret_cast<bfloat16*>(to), from + offset, size, window);
        else
            copy_rows(reinterpret_cast<float*>(to), from + offset, size, window);
    });
}

void taps_first(float* to, const float* w, std::int64_t out, std::int64_t in, std::int64_t taps) {
    for (std::int64_t o = 0; o < out; ++o)
        for (std::int64_t t = 0; t < taps; ++t)
            for (std::int64_t c = 0; c < in; ++c) *to++ = w[(o * in + c) * taps + t];
}

}  // namespace mf::cpu
