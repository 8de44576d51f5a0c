// SPDX-License-Identifier: MIT
#include "ops/cpu/pixel_product.hpp"

#include <algorithm>

#include "ops/cpu/row_math.hpp"
#include "ops/cpu/strip.hpp"

namespace mf::cpu {
namespace {

constexpr std::int64_t kPixels = 5 * kMicroRows;  ///< that are worked on together, and stay in cache

template <bool pairs>
void run_panel(const std::byte* x, const Panels& w, std::int64_t p, const PictureOut& y, std::int64_t begin,
               std::int64_t end, const float* bias) {
    const std::int64_t k = pairs ? w.k / 2 : w.k;
    run_strip<true, pairs, Start::bias>(Strip{.a = x,
                                              .a_stride = k,
                                              .b = w.panel(p),
                                              .b_stride = kPanel,
                                              .k = k,
                                              .c = y.data + begin * y.shape.stride + p * kPanel,
                                              .c_row = y.shape.stride,
                                              .m = end - begin,
                                              .width = std::min<std::int64_t>(kPanel, w.n - p * kPanel),
                                              .bias = bias});
}

}  // namespace

void multiply_pixels(Team& team, Pool& pool, const Tensor& x, const Panels& w, const PictureOut& y,
                     const ConvFinish& finish) {
    const std::int64_t pixels = y.shape.pixels();
    const bool pairs = w.data.dtype() == DType::bf16, converted = x.dtype() != w.data.dtype();
    check(x.cols() == w.k && x.rows() == pixels && y.shape.channels == w.n && (!pairs || w.k % 2 == 0),
          "[conv] x {} times a weight of ({}, {}) into {} pixels of {}", x.shape(), w.k, w.n, pixels,
          y.shape.channels);
    const std::int64_t element = pairs ? 2 : 4;
    Tensor scratch;
    if (converted)
        scratch = Tensor({team.size(), (kPixels * w.k * element + 63) / 64 * 16}, DType::f32, &pool);
    const std::int64_t blocks = (pixels + kPixels - 1) / kPixels;
    team.run([&](int lane) {
        for (std::int64_t i = blocks * lane / team.size(); i < blocks * (lane + 1) / team.size(); ++i) {
            const std::int64_t begin = i * kPixels, end = std::min(pixels, begin + kPixels);
            const auto* from = static_cast<const std::byte*>(x.raw()) + begin * w.k * element;
            if (converted) {
                from = reinterpret_cast<const std::byte*>(scratch.f32() + lane * scratch.cols());
                in_type(x, [&](const auto* values) {
                    const auto* block = values + begin * w.k;
                    const auto copy = [&](auto* to) {
                        fill_row(
                            to, (end - begin) * w.k, [=](std::int64_t j) { return get(block + j); },
                            [=](std::int64_t j) { return to_float(block[j]); });
                    };
                    auto* to = const_cast<std::byte*>(from);
                    pairs ? copy(reinterpret_cast<bfloat16*>(to)) : copy(reinterpret_cast<float*>(to));
                });
            }
            for (std::int64_t p = 0; p * kPanel < w.n; ++p) {
                float bias[kPanel] = {};
                if (finish.bias != nullptr)
                    std::copy_n(finish.bias + p * kPanel, std::min<std::int64_t>(kPanel, w.n - p * kPanel),
                                bias);
                pairs ? run_panel<true>(from, w, p, y, begin, end, bias)
                      : run_panel<false>(from, w, p, y, begin, end, bias);
            }
            finish_pixels(y, finish, y.data + begin * y.shape.stride, end - begin);
        }
    });
}

}  // namespace mf::cpu
