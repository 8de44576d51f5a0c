// SPDX-License-Identifier: MIT
#include "ops/gated_add.hpp"

#include "ops/cases/transformer_sizes.hpp"

namespace mf {
namespace {

/// One gate for all rows: a parameter.
OpCase param_case(std::int64_t rows, std::int64_t c, Precision precision) {
    OpCase out;
    out.name = fmt::format("{}x{}{}", rows, c, suffix(precision));
    out.data = {{.name = "x", .shape = {rows, c}}, {.name = "f", .shape = {rows, c}}};
    out.params = {{.name = "g", .shape = {c}}};
    out.precision = precision;
    out.run = [](const Context& context, std::span<const Dual> data, std::span<const Param* const> params) {
        return gated_add(context, data[0], data[1], *params[0]);
    };
    out.reference = [c](const Numbers& x, const Numbers&) {
        std::vector<double> y = x[0];
        for (std::size_t k = 0; k < y.size(); ++k) y[k] += x[2][k % at(c)] * x[1][k];
        return y;
    };
    if (precision == Precision::bf16) out.tolerance = 2.5e-2;
    const auto count = static_cast<double>(rows * c);
    out.work = {2 * count, 2 * count, 3 * count};
    return out;
}

/// A gate for every sample.
OpCase sample_case(const SequenceSize& z) {
    OpCase out;
    out.name = z.text() + "_by_sample";
    out.data = {{.name = "x", .shape = {z.samples, z.row()}},
                {.name = "f", .shape = {z.samples, z.row()}},
                {.name = "g", .shape = {z.samples, z.columns()}}};
    out.run = [z](const Context& context, std::span<const Dual> data, std::span<const Param* const>) {
        const std::int64_t c = z.columns();
        return gated_add(context, data[0].reshaped(c), data[1].reshaped(c), data[2]).reshaped(z.row());
    };
    out.reference = [z](const Numbers& x, const Numbers&) {
        std::vector<double> y = x[0];
        for (std::size_t k = 0; k < y.size(); ++k)
            y[k] += x[2][k / at(z.row()) * at(z.columns()) + k % at(z.columns())] * x[1][k];
        return y;
    };
    const auto count = static_cast<double>(z.samples * z.row());
    out.work = {2 * count, 4 * count, 4 * count};
    return out;
}

std::vector<OpCase> gated_add_cases() {
    const Precision f32 = Precision::f32;
    return {param_case(1, 1, f32),
            param_case(31, 33, f32),
            param_case(33, 276, f32),
            param_case(7, 999, f32),
            param_case(31, 33, Precision::bf16),
            sample_case({1, 1, 1, 1}),
            sample_case({3, 5, 1, 33}),
            sample_case({7, 3, 1, 16})};
}

std::vector<OpCase> gated_add_timed(Precision precision) { return {param_case(1344, 256, precision)}; }

}  // namespace

OpEntry gated_add_entry() {
    return {"gated_add", "y = x + g f;  y' = x' + g f' + g' f;  x̄ += ȳ, f̄ += g ȳ, ḡ += sum_rows(f ȳ)",
            gated_add_cases, gated_add_timed};
}

}  // namespace mf
