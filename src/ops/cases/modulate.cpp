// SPDX-License-Identifier: MIT
#include "ops/modulate.hpp"

#include "ops/cases/transformer_sizes.hpp"

namespace mf {
namespace {

OpCase modulate_case(const SequenceSize& z, Precision precision = Precision::f32) {
    OpCase out;
    out.name = z.text() + suffix(precision);
    out.data = {{.name = "x", .shape = {z.samples, z.row()}},
                {.name = "shift", .shape = {z.samples, z.columns()}},
                {.name = "scale", .shape = {z.samples, z.columns()}}};
    out.precision = precision;
    out.run = [z](const Context& context, std::span<const Dual> data, std::span<const Param* const>) {
        return modulate(context, data[0].reshaped(z.columns()), data[1], data[2]).reshaped(z.row());
    };
    out.reference = [z](const Numbers& x, const Numbers&) {
        std::vector<double> y = x[0];
        for (std::size_t k = 0; k < y.size(); ++k) {
            const std::size_t of_sample = k / at(z.row()) * at(z.columns()) + k % at(z.columns());
            y[k] = y[k] * (1 + x[2][of_sample]) + x[1][of_sample];
        }
        return y;
    };
    if (precision == Precision::bf16) out.tolerance = 2.5e-2;
    const auto count = static_cast<double>(z.samples * z.row());
    out.work = {2 * count, 4 * count, 5 * count};
    return out;
}

std::vector<OpCase> modulate_cases() {
    return {modulate_case({1, 1, 1, 1}), modulate_case({3, 5, 1, 33}), modulate_case({7, 3, 1, 16}),
            modulate_case({2, 31, 1, 31}), modulate_case({3, 5, 1, 33}, Precision::bf16)};
}

std::vector<OpCase> modulate_timed(Precision precision) {
    return {modulate_case({16, 84, 1, 256}, precision)};
}

}  // namespace

OpEntry modulate_entry() {
    return {"modulate",
            "y = x (1 + a) + b;  y' = x' (1 + a) + x a' + b';  x̄ += (1 + a) ȳ, ā += sum_tokens(x ȳ), "
            "b̄ += sum_tokens(ȳ)",
            modulate_cases, modulate_timed};
}

}  // namespace mf
