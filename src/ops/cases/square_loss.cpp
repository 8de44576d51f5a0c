// SPDX-License-Identifier: MIT
#include "ops/square_loss.hpp"

#include <cmath>

#include "ops/cases/entries.hpp"

namespace mf {
namespace {

/// Sums of squares by row.
std::vector<double> row_squares(const Numbers& x, std::int64_t rows) {
    std::vector<double> q(static_cast<std::size_t>(rows));
    const std::size_t cols = x[0].size() / q.size();
    for (std::size_t i = 0; i < x[0].size(); ++i) q[i / cols] += std::pow(x[0][i] - x[1][i], 2);
    return q;
}

OpCase square_loss_case(std::int64_t rows, std::int64_t cols, SquareWeight weight) {
    const double divisor = static_cast<double>(rows) * 1.5;  // of a batch that holds more than these rows
    OpCase out;
    out.name = fmt::format("{}x{}_p{}", rows, cols, weight.p);
    out.data = {{.name = "prediction", .shape = {rows, cols}},
                {.name = "target", .shape = {rows, cols}, .differentiated = false}};
    out.run = [=](const Context& context, std::span<const Dual> data, std::span<const Param* const>) {
        return square_loss(context, data[0], data[1].value, weight, divisor);
    };
    out.reference = [=](const Numbers& x, const Numbers& x0) {
        const std::vector<double> q = row_squares(x, rows), q0 = row_squares(x0, rows);
        double loss = 0;
        for (std::size_t i = 0; i < q.size(); ++i)
            loss += q[i] / std::pow(q0[i] + weight.c, weight.p) / divisor;
        return std::vector<double>{loss};
    };
    const auto count = static_cast<double>(rows * cols);
    out.work = {5 * count, 0, count};
    out.reduces = true;
    return out;
}

std::vector<OpCase> square_loss_cases() {
    std::vector<OpCase> out;
    for (const double p : {0.0, 0.5, 1.0})
        for (const Shape& size :
             {Shape{1, 1}, Shape{31, 2}, Shape{33, 31}, Shape{7, 276}, Shape{3, 999}, Shape{999, 2}})
            out.push_back(square_loss_case(size[0], size[1], {.p = p, .c = 1e-3}));
    return out;
}

std::vector<OpCase> square_loss_timed(Precision) {
    return {square_loss_case(64, 2, {}), square_loss_case(64, 2, {.p = 0.75, .c = 1e-3}),
            square_loss_case(16, 4096, {.p = 1, .c = 1e-3})};
}

}  // namespace

OpEntry square_loss_entry() {
    return {"square_loss",
            "q_i = |p_i - y_i|²,  L = Σ_i w_i q_i / divisor,  w_i = sg((q_i + c)^-p);  p̄_i += 2 w_i (p_i - "
            "y_i) L̄ / divisor",
            square_loss_cases, square_loss_timed};
}

}  // namespace mf
