// SPDX-License-Identifier: MIT
#include "ops/arithmetic.hpp"

#include "ops/cases/entries.hpp"

namespace mf {
namespace {

using PairOp = Dual (*)(const Context&, const Dual&, const Dual&);
using PairLaw = double (*)(double, double);

struct PairSize {
    std::int64_t rows, cols, b_cols;
};

template <PairOp op, PairLaw law>
OpCase pair_case(PairSize size, Precision precision) {
    OpCase out;
    out.name = fmt::format("{}x{}_and_{}{}", size.rows, size.cols, size.b_cols, suffix(precision));
    out.data = {{.name = "a", .shape = {size.rows, size.cols}},
                {.name = "b", .shape = {size.rows, size.b_cols}}};
    out.precision = precision;
    out.run = [](const Context& context, std::span<const Dual> data, std::span<const Param* const>) {
        return op(context, data[0], data[1]);
    };
    out.reference = [size](const Numbers& x, const Numbers&) {
        std::vector<double> y(x[0].size());
        const auto cols = static_cast<std::size_t>(size.cols);
        for (std::size_t i = 0; i < y.size(); ++i) y[i] = law(x[0][i], x[1][size.b_cols == 1 ? i / cols : i]);
        return y;
    };
    const auto count = static_cast<double>(size.rows * size.cols);
    out.work = {count, op == multiply ? 3 * count : count, op == multiply ? 2 * count : count};
    return out;
}

template <PairOp op, PairLaw law>
std::vector<OpCase> pair_cases() {
    std::vector<OpCase> out;
    for (const PairSize& size :
         {PairSize{1, 1, 1}, PairSize{31, 33, 33}, PairSize{31, 33, 1}, PairSize{33, 1, 1},
          PairSize{7, 276, 276}, PairSize{5, 999, 1}, PairSize{999, 2, 2}, PairSize{999, 2, 1}})
        out.push_back(pair_case<op, law>(size, Precision::f32));
    for (const PairSize& size : {PairSize{31, 33, 33}, PairSize{31, 33, 1}})
        out.push_back(pair_case<op, law>(size, Precision::bf16));
    return out;
}

template <PairOp op, PairLaw law>
std::vector<OpCase> pair_timed(Precision precision) {
    return {pair_case<op, law>({64, 128, 128}, precision), pair_case<op, law>({1344, 256, 1}, precision)};
}

double sum(double a, double b) { return a + b; }
double difference(double a, double b) { return a - b; }
double product(double a, double b) { return a * b; }

OpCase scale_case(std::int64_t rows, std::int64_t cols, Precision precision) {
    constexpr float c = -1.7F;
    OpCase out;
    out.name = fmt::format("{}x{}{}", rows, cols, suffix(precision));
    out.data = {{.name = "a", .shape = {rows, cols}}};
    out.precision = precision;
    out.run = [](const Context& context, std::span<const Dual> data, std::span<const Param* const>) {
        return scale(context, data[0], c);
    };
    out.reference = [](const Numbers& x, const Numbers&) {
        std::vector<double> y = x[0];
        for (double& number : y) number *= c;
        return y;
    };
    const auto count = static_cast<double>(rows * cols);
    out.work = {count, count, count};
    return out;
}

std::vector<OpCase> scale_cases() {
    return {scale_case(1, 1, Precision::f32), scale_case(31, 33, Precision::f32),
            scale_case(7, 276, Precision::f32), scale_case(2, 999, Precision::f32),
            scale_case(31, 33, Precision::bf16)};
}

std::vector<OpCase> scale_timed(Precision precision) {
    return {scale_case(64, 128, precision), scale_case(1344, 256, precision)};
}

}  // namespace

OpEntry add_entry() {
    return {"add", "y = a + b;  y' = a' + b';  ā += ȳ,  b̄ += ȳ", pair_cases<add, sum>, pair_timed<add, sum>};
}
OpEntry subtract_entry() {
    return {"subtract", "y = a - b;  y' = a' - b';  ā += ȳ,  b̄ -= ȳ", pair_cases<subtract, difference>,
            pair_timed<subtract, difference>};
}
OpEntry multiply_entry() {
    return {"multiply", "y = a b;  y' = a' b + a b';  ā += b ȳ,  b̄ += a ȳ", pair_cases<multiply, product>,
            pair_timed<multiply, product>};
}
OpEntry scale_entry() { return {"scale", "y = c a;  y' = c a';  ā += c ȳ", scale_cases, scale_timed}; }

}  // namespace mf
