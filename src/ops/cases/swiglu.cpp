// SPDX-License-Identifier: MIT
#include "ops/swiglu.hpp"

#include "ops/cases/transformer_sizes.hpp"

namespace mf {
namespace {

OpCase swiglu_case(std::int64_t rows, std::int64_t c, Precision precision = Precision::f32) {
    OpCase out;
    out.name = fmt::format("{}x{}{}", rows, c, suffix(precision));
    out.data = {{.name = "a", .shape = {rows, c}, .spread = 3}, {.name = "b", .shape = {rows, c}}};
    out.precision = precision;
    out.run = [](const Context& context, std::span<const Dual> data, std::span<const Param* const>) {
        return swiglu(context, data[0], data[1]);
    };
    out.reference = [](const Numbers& x, const Numbers&) {
        std::vector<double> y(x[0].size());
        for (std::size_t k = 0; k < y.size(); ++k) y[k] = x[0][k] / (1 + std::exp(-x[0][k])) * x[1][k];
        return y;
    };
    out.tolerance = precision == Precision::bf16 ? 4e-2 : 6e-6;
    const auto count = static_cast<double>(rows * c);
    out.work = {12 * count, 3 * count, 2 * count};
    return out;
}

std::vector<OpCase> swiglu_cases() {
    return {swiglu_case(1, 1),   swiglu_case(31, 33), swiglu_case(33, 276),
            swiglu_case(7, 999), swiglu_case(64, 16), swiglu_case(31, 33, Precision::bf16)};
}

std::vector<OpCase> swiglu_timed(Precision precision) { return {swiglu_case(1344, 682, precision)}; }

}  // namespace

OpEntry swiglu_entry() {
    return {"swiglu", "y = silu(a) b;  y' = silu'(a) b a' + silu(a) b';  ā += silu'(a) b ȳ, b̄ += silu(a) ȳ",
            swiglu_cases, swiglu_timed};
}

}  // namespace mf
