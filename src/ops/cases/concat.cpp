// SPDX-License-Identifier: MIT
#include "ops/concat.hpp"

#include "ops/cases/entries.hpp"

namespace mf {
namespace {

struct Part {
    std::int64_t width;
    bool differentiated = true;
};

OpCase concat_case(std::int64_t rows, const std::vector<Part>& parts, Precision precision) {
    OpCase out;
    std::vector<std::string> widths;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        widths.push_back(fmt::format("{}{}", parts[i].width, parts[i].differentiated ? "" : "c"));
        out.data.push_back({.name = fmt::format("x{}", i + 1),
                            .shape = {rows, parts[i].width},
                            .differentiated = parts[i].differentiated});
    }
    out.name = fmt::format("{}x{}{}", rows, fmt::join(widths, "_"), suffix(precision));
    out.precision = precision;
    out.run = [](const Context& context, std::span<const Dual> data, std::span<const Param* const>) {
        std::vector<const Dual*> parts;
        for (const Dual& part : data) parts.push_back(&part);
        return concat(context, parts);
    };
    out.reference = [rows](const Numbers& x, const Numbers&) {
        std::vector<double> y;
        for (std::int64_t i = 0; i < rows; ++i)
            for (const std::vector<double>& part : x) {
                const auto width = static_cast<std::int64_t>(part.size()) / rows;
                y.insert(y.end(), part.begin() + i * width, part.begin() + (i + 1) * width);
            }
        return y;
    };
    return out;
}

std::vector<OpCase> concat_cases() {
    const Precision f32 = Precision::f32;
    return {concat_case(1, {{1}}, f32),
            concat_case(31, {{33}}, f32),
            concat_case(64, {{2}, {1}, {1}}, f32),
            concat_case(33, {{2}, {1, false}, {1}}, f32),
            concat_case(31, {{1}, {33}, {276}}, f32),
            concat_case(5, {{999}, {31, false}}, f32),
            concat_case(999, {{1}, {1}}, f32),
            concat_case(33, {{1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}}, f32),
            concat_case(31, {{33}, {31}}, Precision::bf16)};
}

std::vector<OpCase> concat_timed(Precision precision) {
    return {concat_case(64, {{2}, {1}, {1}}, precision), concat_case(1344, {{256}, {256}}, precision)};
}

}  // namespace

OpEntry concat_entry() {
    return {"concat", "y = [x_1, x_2, ...];  y' = [x_1', x_2', ...];  x̄_i += columns of ȳ that x_i filled",
            concat_cases, concat_timed};
}

}  // namespace mf
