// SPDX-License-Identifier: MIT
// The ops that make features of conditions: table rows, sinusoids, column blocks.
#include "ops/cases/transformer_sizes.hpp"
#include "ops/columns.hpp"
#include "ops/embedding.hpp"
#include "ops/sinusoid.hpp"

namespace mf {
namespace {

/// A label is no operand that could move: it is made from a constant that gives the case its rows.
std::int32_t label_of(double place, std::int64_t entries) {
    return static_cast<std::int32_t>(static_cast<std::int64_t>(std::abs(place) * 1000) % entries);
}

OpCase embedding_case(std::int64_t rows, std::int64_t entries, std::int64_t c) {
    OpCase out;
    out.name = fmt::format("{}_of_{}x{}", rows, entries, c);
    out.data = {{.name = "places", .shape = {rows, 1}, .differentiated = false}};
    out.params = {{.name = "table", .shape = {entries, c}}};
    out.run = [entries](const Context& context, std::span<const Dual> data,
                        std::span<const Param* const> params) {
        Tensor labels = context.make_host({data[0].rows()}, DType::i32);
        const Tensor numbers = context.on_host(data[0].value);
        for (std::int64_t i = 0; i < data[0].rows(); ++i)
            static_cast<std::int32_t*>(labels.raw())[i] = label_of(numbers.f32()[i], entries);
        return embedding(context, labels, *params[0]);
    };
    out.reference = [=](const Numbers& x, const Numbers&) {
        std::vector<double> y;
        for (std::int64_t i = 0; i < rows; ++i) {
            const auto from = x[1].begin() + label_of(x[0][at(i)], entries) * c;
            y.insert(y.end(), from, from + c);
        }
        return y;
    };
    return out;
}

OpCase sinusoid_case(std::int64_t rows, std::int64_t features) {
    OpCase out;
    out.name = fmt::format("{}_to_{}", rows, features);
    out.data = {{.name = "s", .shape = {rows, 1}}};
    out.run = [features](const Context& context, std::span<const Dual> data, std::span<const Param* const>) {
        return sinusoid(context, data[0], features);
    };
    out.reference = [=](const Numbers& x, const Numbers&) {
        std::vector<double> y;
        for (const double s : x[0])
            for (const bool sine : {false, true})
                for (std::int64_t k = 0; k < features / 2; ++k) {
                    const double angle =
                        s * std::pow(10000.0, -2.0 * static_cast<double>(k) / static_cast<double>(features));
                    y.push_back(sine ? std::sin(angle) : std::cos(angle));
                }
        return y;
    };
    return out;
}

OpCase columns_case(std::int64_t rows, std::int64_t cols, std::int64_t begin, std::int64_t end) {
    OpCase out;
    out.name = fmt::format("{}x{}_{}_to_{}", rows, cols, begin, end);
    out.data = {{.name = "x", .shape = {rows, cols}}};
    out.run = [=](const Context& context, std::span<const Dual> data, std::span<const Param* const>) {
        return columns(context, data[0], begin, end);
    };
    out.reference = [=](const Numbers& x, const Numbers&) {
        std::vector<double> y;
        for (std::int64_t i = 0; i < rows; ++i)
            y.insert(y.end(), x[0].begin() + i * cols + begin, x[0].begin() + i * cols + end);
        return y;
    };
    return out;
}

std::vector<OpCase> embedding_cases() {
    return {embedding_case(1, 1, 1), embedding_case(31, 11, 33), embedding_case(3, 999, 31),
            embedding_case(33, 2, 5)};
}
std::vector<OpCase> sinusoid_cases() {
    return {sinusoid_case(1, 2), sinusoid_case(31, 256), sinusoid_case(33, 6), sinusoid_case(5, 64)};
}
std::vector<OpCase> columns_cases() {
    return {columns_case(1, 1, 0, 1), columns_case(31, 33, 5, 33), columns_case(7, 276, 92, 184),
            columns_case(3, 999, 0, 1)};
}
std::vector<OpCase> embedding_timed(Precision) { return {embedding_case(64, 1001, 768)}; }
std::vector<OpCase> sinusoid_timed(Precision) { return {sinusoid_case(64, 256)}; }
std::vector<OpCase> columns_timed(Precision) { return {columns_case(1344, 768, 256, 512)}; }

}  // namespace

OpEntry embedding_entry() {
    return {"embedding", "y_i = table[label_i];  no tangent;  table̅[label_i] += ȳ_i", embedding_cases,
            embedding_timed};
}

OpEntry sinusoid_entry() {
    return {"sinusoid",
            "y = [cos(s w), sin(s w)], w_k = period^(-2k/C);  y' = s' [-w sin, w cos];  "
            "s̄ += sum_k w_k (cos ȳ_sin - sin ȳ_cos)",
            sinusoid_cases, sinusoid_timed};
}

OpEntry columns_entry() {
    return {"columns", "y = x[:, begin .. end);  y' likewise;  x̄[:, begin .. end) += ȳ", columns_cases,
            columns_timed};
}

}  // namespace mf
