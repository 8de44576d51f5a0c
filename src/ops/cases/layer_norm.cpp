// SPDX-License-Identifier: MIT
#include "ops/layer_norm.hpp"

#include "ops/cases/transformer_sizes.hpp"

namespace mf {
namespace {

std::vector<double> law(std::int64_t c, const Numbers& x) {
    std::vector<double> y(x[0].size());
    const auto n = static_cast<double>(c);
    for (std::size_t row = 0; row < y.size(); row += at(c)) {
        double mean = 0, variance = 0;
        for (std::int64_t j = 0; j < c; ++j) mean += x[0][row + at(j)] / n;
        for (std::int64_t j = 0; j < c; ++j) variance += std::pow(x[0][row + at(j)] - mean, 2) / n;
        const double s = 1 / std::sqrt(variance + 1e-6);
        for (std::int64_t j = 0; j < c; ++j) y[row + at(j)] = (x[0][row + at(j)] - mean) * s;
    }
    return y;
}

OpCase layer_norm_case(std::int64_t rows, std::int64_t c) {
    OpCase out;
    out.name = fmt::format("{}x{}", rows, c);
    out.data = {{.name = "x", .shape = {rows, c}}};
    out.run = [](const Context& context, std::span<const Dual> data, std::span<const Param* const>) {
        return layer_norm(context, data[0]);
    };
    out.reference = [c](const Numbers& x, const Numbers&) { return law(c, x); };
    out.tolerance = 5e-6;
    const auto count = static_cast<double>(rows * c);
    out.work = {6 * count, 7 * count, 7 * count};
    return out;
}

std::vector<OpCase> layer_norm_cases() {
    return {layer_norm_case(1, 31),  layer_norm_case(31, 33), layer_norm_case(33, 276),
            layer_norm_case(7, 999), layer_norm_case(64, 64), layer_norm_case(999, 5)};
}

std::vector<OpCase> layer_norm_timed(Precision) { return {layer_norm_case(1344, 256)}; }

}  // namespace

OpEntry layer_norm_entry() {
    return {"layer_norm",
            "y = n = (x - mean(x)) s, s = 1/√(var(x) + ε);  y' = s (x' - mean(x') - n mean(n x'));  "
            "x̄ += s (ȳ - mean(ȳ) - n mean(n ȳ))",
            layer_norm_cases, layer_norm_timed};
}

}  // namespace mf
