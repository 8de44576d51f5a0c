// SPDX-License-Identifier: MIT
// Ops that move, average or choose pixels, every channel by itself.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "ops/average_pool.hpp"
#include "ops/cases/picture_size.hpp"
#include "ops/max_pool.hpp"
#include "ops/resample_filter.hpp"
#include "ops/resize_bilinear.hpp"
#include "ops/upsample_nearest.hpp"

namespace mf {
namespace {

/// One channel of one picture, read at any place.
using Reader = std::function<double(std::int64_t, std::int64_t)>;

/// A case whose result's place (i, j) is `law` of the picture's channel.
OpCase map_case(const std::string& name, PictureSize z, std::int64_t height, std::int64_t width,
                std::function<Dual(const Context&, const Dual&)> op,
                std::function<double(const Reader&, std::int64_t, std::int64_t)> law, DType x = DType::f32) {
    OpCase out;
    out.name = name + (name.empty() ? "" : "_") + z.text() + (x == DType::bf16 ? "_bf16" : "");
    out.data = {{.name = "x", .shape = {z.pictures, z.numbers()}, .dtype = x}};
    out.precision = x == DType::bf16 ? Precision::bf16 : Precision::f32;
    out.run = [z, op = std::move(op)](const Context& context, std::span<const Dual> data,
                                      std::span<const Param* const>) {
        return as_rows(op(context, z.of(data[0])));
    };
    out.reference = [z, height, width, law = std::move(law)](const Numbers& all, const Numbers&) {
        std::vector<double> y;
        for (std::int64_t picture = 0; picture < z.pictures; ++picture)
            for (std::int64_t i = 0; i < height; ++i)
                for (std::int64_t j = 0; j < width; ++j)
                    for (std::int64_t c = 0; c < z.c; ++c)
                        y.push_back(law(
                            [&](std::int64_t k, std::int64_t l) { return z.get(all[0], picture, k, l, c); },
                            i, j));
        return y;
    };
    return out;
}

OpCase upsample_case(PictureSize z, DType x = DType::f32) {
    return map_case(
        "", z, 2 * z.height, 2 * z.width, upsample_nearest,
        [](const Reader& at, std::int64_t i, std::int64_t j) { return at(i / 2, j / 2); }, x);
}

OpCase resample_case(PictureSize z, Resample direction, DType x = DType::f32) {
    const bool down = direction == Resample::down;
    const auto law = [down](const Reader& at, std::int64_t i, std::int64_t j) {
        static constexpr std::array<double, 4> f = {1, 3, 3, 1};
        double sum = 0;
        for (std::int64_t u = 0; u < 4; ++u)
            for (std::int64_t v = 0; v < 4; ++v) {
                const double w = f[mf::at(u)] * f[mf::at(v)];
                if (down)
                    sum += w / 64 * at(2 * i + u - 1, 2 * j + v - 1);
                else if ((i + 1 - u) % 2 == 0 && (j + 1 - v) % 2 == 0)
                    sum += w / 16 * at((i + 1 - u) / 2, (j + 1 - v) / 2);
            }
        return sum;
    };
    return map_case(
        down ? "down" : "up", z, down ? z.height / 2 : 2 * z.height, down ? z.width / 2 : 2 * z.width,
        [direction](const Context& context, const Dual& given) {
            return resample_filter(context, given, direction);
        },
        law, x);
}

OpCase resize_case(PictureSize z, std::int64_t height, std::int64_t width, ResizeRule rule,
                   DType x = DType::f32) {
    const auto law = [=](const Reader& at, std::int64_t i, std::int64_t j) {
        const auto position = [rule](std::int64_t o, std::int64_t in, std::int64_t out) {
            const double shift = rule == ResizeRule::half_pixel ? 0.5 : 0.0;
            return std::clamp(
                (static_cast<double>(o) + shift) * static_cast<double>(in) / static_cast<double>(out) - shift,
                0.0, static_cast<double>(in - 1));
        };
        const double y = position(i, z.height, height), x0 = position(j, z.width, width);
        const auto k = static_cast<std::int64_t>(std::floor(y)),
                   l = static_cast<std::int64_t>(std::floor(x0));
        const double a = y - std::floor(y), b = x0 - std::floor(x0);
        return (1 - a) * ((1 - b) * at(k, l) + b * at(k, l + 1)) +
               a * ((1 - b) * at(k + 1, l) + b * at(k + 1, l + 1));
    };
    return map_case(
        fmt::format("{}_to_{}x{}_from", rule == ResizeRule::tf1 ? "tf1" : "half_pixel", height, width), z,
        height, width,
        [=](const Context& context, const Dual& given) {
            return resize_bilinear(context, given, height, width, rule);
        },
        law, x);
}

/// The numbers of a window that lie inside the picture, in order.
std::vector<double> window(const Reader& at, const PictureSize& z, const PoolGeometry& g, std::int64_t i,
                           std::int64_t j) {
    std::vector<double> out;
    for (std::int64_t k = i * g.stride - g.padding; k < i * g.stride - g.padding + g.kernel; ++k)
        for (std::int64_t l = j * g.stride - g.padding; l < j * g.stride - g.padding + g.kernel; ++l)
            if (k >= 0 && k < z.height && l >= 0 && l < z.width) out.push_back(at(k, l));
    return out;
}

std::string text_of(const PoolGeometry& g) {
    return fmt::format("{}_by_{}_{}{}", g.kernel, g.stride, g.padding, g.count_padding ? "_counted" : "");
}

OpCase average_case(PictureSize z, PoolGeometry g, DType x = DType::f32) {
    return map_case(
        text_of(g), z, g.windows(z.height), g.windows(z.width),
        [g](const Context& context, const Dual& given) { return average_pool(context, given, g); },
        [=](const Reader& at, std::int64_t i, std::int64_t j) {
            const std::vector<double> inside = window(at, z, g, i, j);
            double sum = 0;
            for (const double number : inside) sum += number;
            return sum / (g.count_padding ? g.kernel * g.kernel : static_cast<double>(inside.size()));
        },
        x);
}

OpCase max_case(PictureSize z, PoolGeometry g) {
    return map_case(
        text_of(g), z, g.windows(z.height), g.windows(z.width),
        [g](const Context& context, const Dual& given) { return max_pool(context, given, g); },
        [=](const Reader& at, std::int64_t i, std::int64_t j) {
            return std::ranges::max(window(at, z, g, i, j));
        });
}

DType type_of(Precision precision) { return precision == Precision::bf16 ? DType::bf16 : DType::f32; }

}  // namespace

OpEntry upsample_nearest_entry() {
    return {"upsample_nearest", "y[i][j] = x[⌊i/2⌋][⌊j/2⌋];  y' likewise;  x̄ collects its four",
            [] {
                return std::vector<OpCase>{upsample_case({1, 1, 1, 1}), upsample_case({3, 2, 5, 3}),
                                           upsample_case({2, 3, 4, 33}),
                                           upsample_case({2, 3, 2, 16}, DType::bf16)};
            },
            [](Precision precision) {
                return std::vector<OpCase>{upsample_case({1, 32, 32, 512}, type_of(precision))};
            },
            KernelSet::resizing};
}

OpEntry resample_filter_entry() {
    return {"resample_filter",
            "down: y[i] = Σ_u f[u]/8 x[2i + u - 1];  up: y[k] = Σ_i f[k - 2i + 1]/4 x[i], f = [1, 3, 3, 1], "
            "along both axes;  "
            "y' likewise;  x̄ by the transpose",
            [] {
                return std::vector<OpCase>{resample_case({1, 2, 2, 1}, Resample::down),
                                           resample_case({3, 4, 6, 3}, Resample::down),
                                           resample_case({2, 5, 7, 33}, Resample::down),
                                           resample_case({1, 1, 1, 1}, Resample::up),
                                           resample_case({3, 4, 3, 3}, Resample::up),
                                           resample_case({2, 3, 2, 33}, Resample::up),
                                           resample_case({2, 4, 4, 16}, Resample::down, DType::bf16)};
            },
            [](Precision precision) {
                return std::vector<OpCase>{
                    resample_case({8, 32, 32, 256}, Resample::down, type_of(precision)),
                    resample_case({8, 16, 16, 256}, Resample::up, type_of(precision))};
            },
            KernelSet::resizing};
}

OpEntry resize_bilinear_entry() {
    return {"resize_bilinear",
            "y[i] = (1 - a) x[k] + a x[k + 1] along both axes, k + a = p(i) clamped, p = (i + 1/2) S/O - 1/2 "
            "or i S/O;  y' "
            "likewise;  x̄ by the transpose",
            [] {
                return std::vector<OpCase>{resize_case({1, 1, 1, 1}, 3, 2, ResizeRule::half_pixel),
                                           resize_case({2, 5, 4, 3}, 7, 9, ResizeRule::half_pixel),
                                           resize_case({2, 9, 11, 3}, 4, 5, ResizeRule::half_pixel),
                                           resize_case({2, 5, 4, 3}, 7, 9, ResizeRule::tf1),
                                           resize_case({2, 9, 11, 33}, 4, 5, ResizeRule::tf1),
                                           resize_case({1, 4, 4, 16}, 6, 3, ResizeRule::tf1, DType::bf16)};
            },
            [](Precision precision) {
                return std::vector<OpCase>{
                    resize_case({2, 256, 256, 3}, 299, 299, ResizeRule::half_pixel, type_of(precision))};
            },
            KernelSet::resizing};
}

OpEntry average_pool_entry() {
    return {
        "average_pool",
        "y = 1/n Σ of a window of k², n = k² or its places inside the picture;  y' likewise;  x̄ += ȳ/n of "
        "its windows",
        [] {
            return std::vector<OpCase>{
                average_case({1, 2, 2, 1}, {2, 2, 0}), average_case({3, 5, 4, 3}, {3, 1, 1, false}),
                average_case({3, 5, 4, 3}, {3, 1, 1, true}), average_case({2, 7, 6, 33}, {3, 2, 1, false}),
                average_case({1, 4, 6, 16}, {2, 2, 0}, DType::bf16)};
        },
        [](Precision precision) {
            return std::vector<OpCase>{average_case({8, 17, 17, 768}, {3, 1, 1, false}, type_of(precision))};
        },
        KernelSet::resizing};
}

OpEntry max_pool_entry() {
    return {"max_pool", "y = x at the window's first largest place m;  y' = x' at m;  x̄ at m += ȳ",
            [] {
                return std::vector<OpCase>{
                    max_case({1, 2, 2, 1}, {2, 2, 0}), max_case({3, 5, 4, 3}, {3, 2, 0}),
                    max_case({2, 5, 6, 33}, {3, 1, 1}), max_case({2, 7, 7, 5}, {3, 2, 1})};
            },
            [](Precision) {
                return std::vector<OpCase>{max_case({8, 71, 71, 192}, {3, 2, 0})};
            },
            KernelSet::max_pools};
}

}  // namespace mf
