// SPDX-License-Identifier: MIT
#include "ops/rms_norm.hpp"

#include "ops/cases/head_laws.hpp"

namespace mf {
namespace {

OpCase rms_case(std::int64_t rows, std::int64_t heads, std::int64_t c, Precision precision) {
    OpCase out;
    out.name = fmt::format("{}x{}x{}{}", rows, heads, c, suffix(precision));
    out.data = {{.name = "x", .shape = {rows, heads * c}}};
    out.params = {{.name = "g", .shape = {c}}};
    out.precision = precision;
    out.run = [](const Context& context, std::span<const Dual> data, std::span<const Param* const> params) {
        return rms_norm(context, data[0], *params[0], context.operand());
    };
    out.reference = [c](const Numbers& x, const Numbers&) { return rms_norm_law(c, x[0], x[1]); };
    out.tolerance = precision == Precision::bf16 ? 2.5e-2 : 4e-6;
    const auto count = static_cast<double>(rows * heads * c);
    out.work = {4 * count, 6 * count, 8 * count};
    return out;
}

std::vector<OpCase> rms_norm_cases() {
    std::vector<OpCase> out;
    for (const auto& [rows, heads, c] : {std::array<std::int64_t, 3>{1, 1, 31},
                                         {31, 1, 33},
                                         {33, 1, 276},
                                         {7, 1, 999},
                                         {33, 4, 16},
                                         {5, 3, 31},
                                         {64, 1, 64},
                                         {3, 1, 2}})
        out.push_back(rms_case(rows, heads, c, Precision::f32));
    out.push_back(rms_case(31, 1, 64, Precision::bf16));
    out.push_back(rms_case(5, 3, 33, Precision::bf16));
    return out;
}

std::vector<OpCase> rms_norm_timed(Precision precision) {
    return {rms_case(1344, 1, 256, precision), rms_case(1344, 4, 64, precision)};
}

}  // namespace

OpEntry rms_norm_entry() {
    return {"rms_norm",
            "y = g n, n = x s, s = 1/√(mean(x²) + ε);  y' = g (x' s - n mean(n x') s);  "
            "x̄ += s (g ȳ - n mean(n g ȳ)), ḡ += sum_rows(n ȳ)",
            rms_norm_cases, rms_norm_timed};
}

}  // namespace mf
