// SPDX-License-Identifier: MIT
#include <algorithm>

#include "ops/cases/entries.hpp"
#include "ops/pointwise.hpp"
#include "ops/pointwise/gelu.hpp"
#include "ops/pointwise/gelu_tanh.hpp"
#include "ops/pointwise/silu.hpp"

namespace mf {
namespace {

template <Pointwise function, class Law>
OpCase pointwise_case(std::int64_t rows, std::int64_t cols, Precision precision) {
    OpCase out;
    out.name = fmt::format("{}x{}{}", rows, cols, suffix(precision));
    out.data = {{.name = "x", .shape = {rows, cols}, .spread = 2}};
    out.precision = precision;
    out.run = [](const Context& context, std::span<const Dual> data, std::span<const Param* const>) {
        return pointwise(context, function, data[0]);
    };
    out.reference = [](const Numbers& x, const Numbers&) {
        std::vector<double> y(x[0].size());
        std::ranges::transform(x[0], y.begin(), Law::reference);
        return y;
    };
    // bf16: the result and the kept slope are rounded to 8 bits; the largest number is several times the mean
    // one.
    if (precision == Precision::bf16) out.tolerance = 3e-2;
    const auto count = static_cast<double>(rows * cols);
    out.work = {25 * count, count, count};
    return out;
}

template <Pointwise function, class Law>
std::vector<OpCase> pointwise_cases() {
    std::vector<OpCase> out;
    for (const Precision precision : {Precision::f32, Precision::bf16})
        for (const Shape& size :
             {Shape{1, 1}, Shape{31, 33}, Shape{33, 1}, Shape{7, 276}, Shape{5, 999}, Shape{64, 128}})
            out.push_back(pointwise_case<function, Law>(size[0], size[1], precision));
    return out;
}

template <Pointwise function, class Law>
std::vector<OpCase> pointwise_timed(Precision precision) {
    return {pointwise_case<function, Law>(64, 128, precision),
            pointwise_case<function, Law>(1344, 1024, precision)};
}

template <Pointwise function, class Law>
OpEntry entry(const char* law) {
    return {Law::name, law, pointwise_cases<function, Law>, pointwise_timed<function, Law>};
}

}  // namespace

OpEntry gelu_entry() {
    return entry<Pointwise::gelu, laws::GeluErf>("y = x Φ(x);  y' = s x',  x̄ += s ȳ,  s = Φ(x) + x φ(x)");
}
OpEntry gelu_tanh_entry() {
    return entry<Pointwise::gelu_tanh, laws::GeluTanh>(
        "y = x (1 + tanh w) / 2,  w = √(2/π) (x + 0.044715 x³);  y' = s x',  x̄ += s ȳ,  s = dy/dx");
}
OpEntry silu_entry() {
    return entry<Pointwise::silu, laws::Silu>("y = x σ(x);  y' = s x',  x̄ += s ȳ,  s = σ(x) + y (1 - σ(x))");
}

}  // namespace mf
