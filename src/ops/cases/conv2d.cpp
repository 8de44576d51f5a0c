// SPDX-License-Identifier: MIT
#include "ops/conv2d.hpp"

#include <cmath>

#include "ops/cases/picture_size.hpp"

namespace mf {
namespace {

struct Kernel {
    std::int64_t out, rows, cols;
    ConvGeometry geometry = {};
    std::int64_t out_height(const PictureSize& x) const {
        return (x.height + geometry.top + geometry.bottom - rows) / geometry.stride_y + 1;
    }
    std::int64_t out_width(const PictureSize& x) const {
        return (x.width + geometry.left + geometry.right - cols) / geometry.stride_x + 1;
    }
};

ConvGeometry around(int rows, int cols, int stride = 1) { return {stride, stride, rows, rows, cols, cols}; }

/// y[i][j][o] = b[o] + sum_uvc w[o][c][u][v] x[i s + u - top][j s + v - left][c]
std::vector<double> law(const PictureSize& z, const Kernel& k, const Numbers& x) {
    std::vector<double> y;
    for (std::int64_t picture = 0; picture < z.pictures; ++picture)
        for (std::int64_t i = 0; i < k.out_height(z); ++i)
            for (std::int64_t j = 0; j < k.out_width(z); ++j)
                for (std::int64_t o = 0; o < k.out; ++o) {
                    double sum = x.size() > 2 ? x[2][at(o)] : 0.0;
                    for (std::int64_t c = 0; c < z.c; ++c)
                        for (std::int64_t u = 0; u < k.rows; ++u)
                            for (std::int64_t v = 0; v < k.cols; ++v)
                                sum += x[1][at(((o * z.c + c) * k.rows + u) * k.cols + v)] *
                                       z.get(x[0], picture, i * k.geometry.stride_y + u - k.geometry.top,
                                             j * k.geometry.stride_x + v - k.geometry.left, c);
                    y.push_back(sum);
                }
    return y;
}

OpCase conv_case(const std::string& name, PictureSize z, Kernel k, Precision precision = Precision::f32,
                 DType x = DType::f32, bool bias = true) {
    OpCase out;
    out.name = fmt::format("{}_{}_to_{}{}{}", name, z.text(), k.out, x == DType::bf16 ? "_x16" : "",
                           suffix(precision));
    out.data = {{.name = "x", .shape = {z.pictures, z.numbers()}, .dtype = x}};
    const double fan_in = static_cast<double>(z.c * k.rows * k.cols);
    out.params = {{.name = "w", .shape = {k.out, z.c, k.rows, k.cols}, .spread = 1 / std::sqrt(fan_in)}};
    if (bias) out.params.push_back({.name = "b", .shape = {k.out}});
    out.precision = precision;
    out.run = [z, k](const Context& context, std::span<const Dual> data,
                     std::span<const Param* const> params) {
        const Dual y =
            conv2d(context, z.of(data[0]), *params[0], params.size() > 1 ? params[1] : nullptr, k.geometry);
        return as_rows(y);
    };
    out.reference = [z, k](const Numbers& all, const Numbers&) { return law(z, k, all); };
    const std::int64_t pixels = k.out_height(z) * k.out_width(z);
    const double longest = std::max(fan_in, static_cast<double>(z.pictures * pixels));
    out.tolerance = 2e-6 * std::max(1.0, std::sqrt(longest / 100));
    const double products = 2 * fan_in * static_cast<double>(z.pictures * pixels * k.out);
    out.work = {products, products, 2 * products};
    return out;
}

std::vector<OpCase> conv_cases() {
    const ConvGeometry one = around(1, 1);
    std::vector<OpCase> out = {
        conv_case("1x1", {3, 2, 5, 7}, {5, 1, 1}),
        conv_case("1x1_step_2", {2, 5, 4, 3}, {33, 1, 1, around(0, 0, 2)}),
        conv_case("3x3", {1, 1, 1, 1}, {1, 3, 3, one}),
        conv_case("3x3", {2, 5, 13, 3}, {35, 3, 3, one}),
        conv_case("3x3", {2, 4, 3, 33}, {3, 3, 3, one}),
        conv_case("3x3_inside", {1, 6, 5, 4}, {5, 3, 3}),
        conv_case("3x3_step_2", {3, 5, 6, 2}, {7, 3, 3, around(1, 1, 2)}),
        conv_case("3x3_below_right", {2, 6, 4, 5}, {6, 3, 3, {2, 2, 0, 1, 0, 1}}),
        conv_case("3x3_step_2_inside", {1, 6, 7, 3}, {4, 3, 3, around(0, 0, 2)}),
        conv_case("1x7", {2, 2, 8, 5}, {6, 1, 7, around(0, 3)}),
        conv_case("7x1", {1, 8, 3, 5}, {6, 7, 1, around(3, 0)}),
        conv_case("1x3", {1, 4, 4, 6}, {5, 1, 3, around(0, 1)}),
        conv_case("5x5", {1, 6, 6, 4}, {3, 5, 5, around(2, 2)}),
        conv_case("2x3_steps_2_1", {2, 4, 5, 3}, {4, 2, 3, {2, 1, 1, 0, 2, 0}}),
        conv_case("1x1_wide_edge", {1, 3, 2, 3}, {4, 1, 1, {1, 1, 1, 2, 2, 0}}),
        conv_case("3x3_no_bias", {2, 3, 4, 5}, {6, 3, 3, one}, Precision::f32, DType::f32, false),
    };
    for (const DType x : {DType::f32, DType::bf16}) {
        out.push_back(conv_case("1x1", {2, 3, 3, 16}, {18, 1, 1}, Precision::bf16, x));
        out.push_back(conv_case("3x3", {2, 3, 13, 16}, {34, 3, 3, one}, Precision::bf16, x));
        out.push_back(
            conv_case("3x3_step_2", {1, 5, 4, 18}, {16, 3, 3, {2, 2, 0, 1, 0, 1}}, Precision::bf16, x));
        out.push_back(conv_case("3x3", {1, 4, 4, 3}, {17, 3, 3, one}, Precision::bf16, x));
    }
    return out;
}

std::vector<OpCase> conv_timed(Precision precision) {
    const DType x = precision == Precision::bf16 ? DType::bf16 : DType::f32;
    return {conv_case("3x3", {1, 16, 16, 256}, {256, 3, 3, around(1, 1)}, precision, x),
            conv_case("3x3", {1, 64, 64, 128}, {128, 3, 3, around(1, 1)}, precision, x),
            conv_case("1x7", {2, 17, 17, 192}, {192, 1, 7, around(0, 3)}, precision, x)};
}

}  // namespace

OpEntry conv2d_entry() {
    return {"conv2d",
            "y[i][j][o] = b[o] + Σ_uvc w[o][c][u][v] x[i s + u - top][j s + v - left][c];  y' likewise "
            "without b;  x̄, w̄ "
            "+= what ȳ reaches through w, x;  b̄ += Σ ȳ",
            conv_cases, conv_timed, KernelSet::convolutions};
}

}  // namespace mf
