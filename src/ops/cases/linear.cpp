// SPDX-License-Identifier: MIT
#include "ops/linear.hpp"

#include <algorithm>
#include <cmath>

#include "ops/cases/entries.hpp"

namespace mf {
namespace {

struct Size {
    std::int64_t rows, k, n;
};

struct Variant {
    bool bias = true;
    Precision precision = Precision::f32;
    DType x = DType::f32;  ///< bf16: as a pointwise function hands it on
};

/// y[i][j] = b[j] + sum_k x[i][k] w[j][k]
std::vector<double> law(const Size& size, const Numbers& x) {
    std::vector<double> y(static_cast<std::size_t>(size.rows * size.n));
    for (std::int64_t i = 0; i < size.rows; ++i)
        for (std::int64_t j = 0; j < size.n; ++j) {
            double sum = x.size() > 2 ? x[2][static_cast<std::size_t>(j)] : 0.0;
            const double *row = x[0].data() + i * size.k, *w = x[1].data() + j * size.k;
            for (std::int64_t k = 0; k < size.k; ++k) sum += row[k] * w[k];
            y[static_cast<std::size_t>(i * size.n + j)] = sum;
        }
    return y;
}

OpCase linear_case(Size size, Variant variant) {
    OpCase out;
    out.name = fmt::format("{}x{}_to_{}{}{}{}", size.rows, size.k, size.n, variant.bias ? "" : "_no_bias",
                           variant.x == DType::bf16 ? "_x16" : "", suffix(variant.precision));
    out.data = {{.name = "x", .shape = {size.rows, size.k}, .dtype = variant.x}};
    out.params = {
        {.name = "w", .shape = {size.n, size.k}, .spread = 1.0 / std::sqrt(static_cast<double>(size.k))}};
    if (variant.bias) out.params.push_back({.name = "b", .shape = {size.n}});
    out.precision = variant.precision;
    out.run = [](const Context& context, std::span<const Dual> data, std::span<const Param* const> params) {
        return linear(context, data[0], *params[0], params.size() > 1 ? params[1] : nullptr);
    };
    out.reference = [size](const Numbers& x, const Numbers&) { return law(size, x); };
    // Rounding of a chain of f32 additions grows with the root of its length.
    const double longest = static_cast<double>(std::max({size.rows, size.k, size.n}));
    out.tolerance = 2e-6 * std::max(1.0, std::sqrt(longest / 100));
    const double products = 2.0 * static_cast<double>(size.rows * size.k * size.n);
    out.work = {products, products, 2 * products};
    return out;
}

std::vector<OpCase> linear_cases() {
    std::vector<OpCase> out;
    // Odd sizes everywhere: fewer rows than a micro-tile, columns that fill no panel, one of each.
    for (const Size& size :
         {Size{1, 33, 31}, Size{31, 33, 33}, Size{33, 31, 276}, Size{5, 276, 999}, Size{7, 999, 33},
          Size{276, 33, 31}, Size{999, 31, 33}, Size{33, 1, 31}, Size{13, 31, 9}})
        out.push_back(linear_case(size, {}));
    // First layers (few inputs), last layers (few outputs), without bias.
    for (const Size& size : {Size{65, 3, 128}, Size{64, 4, 128}, Size{33, 128, 2}, Size{31, 33, 8},
                             Size{33, 999, 1}, Size{1, 1, 1}, Size{3, 2, 5}})
        out.push_back(linear_case(size, {}));
    for (const Size& size : {Size{33, 31, 33}, Size{31, 33, 2}, Size{12, 32, 32}})
        out.push_back(linear_case(size, {.bias = false}));
    // bf16 weights where both sides are even and at least 16; f32 elsewhere.
    for (const DType x : {DType::f32, DType::bf16})
        for (const Size& size : {Size{33, 32, 64}, Size{31, 276, 276}, Size{7, 998, 32}, Size{999, 16, 18},
                                 Size{1, 64, 16}, Size{33, 128, 2}, Size{31, 33, 31}})
            out.push_back(linear_case(size, {.precision = Precision::bf16, .x = x}));
    OpCase rounding = linear_case({33, 64, 64}, {.precision = Precision::bf16});
    rounding.name += "_rounding";
    rounding.exact_operands = false;
    rounding.tolerance = 1.5e-2;  // two operands with errors up to 2^-9 each, the largest of 2112 sums
    out.push_back(std::move(rounding));
    return out;
}

std::vector<OpCase> linear_timed(Precision precision) {
    const DType x = precision == Precision::bf16 ? DType::bf16 : DType::f32;
    return {linear_case({64, 128, 128}, {.precision = precision, .x = x}),
            linear_case({1344, 256, 256}, {.precision = precision, .x = x}),
            linear_case({64, 4, 128}, {.precision = precision}),
            linear_case({64, 128, 2}, {.precision = precision, .x = x})};
}

}  // namespace

OpEntry linear_entry() {
    return {"linear", "y = x Wᵀ + b;  y' = x' Wᵀ;  x̄ += ȳ W,  W̄ += ȳᵀ x,  b̄ += sum_rows(ȳ)", linear_cases,
            linear_timed};
}

}  // namespace mf
