// SPDX-License-Identifier: MIT
#include "ops/cross_entropy.hpp"

#include "ops/cases/transformer_sizes.hpp"

namespace mf {
namespace {

/// Labels are made from a constant that gives the case its rows.
std::int32_t label_number(double place, std::int64_t classes) {
    return static_cast<std::int32_t>(static_cast<std::int64_t>(std::abs(place) * 1000) % classes);
}

OpCase entropy_case(std::int64_t rows, std::int64_t classes, double smoothing, double spread) {
    const double divisor = static_cast<double>(rows) * 1.5;  // of a batch that holds more than these rows
    OpCase out;
    out.name = fmt::format("{}x{}_smoothed_{}", rows, classes, smoothing);
    out.data = {{.name = "logits", .shape = {rows, classes}, .spread = spread},
                {.name = "places", .shape = {rows, 1}, .differentiated = false}};
    out.run = [=](const Context& context, std::span<const Dual> data, std::span<const Param* const>) {
        Tensor labels = context.make_host({data[1].rows()}, DType::i32);
        const Tensor numbers = context.on_host(data[1].value);
        for (std::int64_t i = 0; i < data[1].rows(); ++i)
            static_cast<std::int32_t*>(labels.raw())[i] = label_number(numbers.f32()[i], classes);
        return cross_entropy(context, data[0], labels, smoothing, divisor);
    };
    out.reference = [=](const Numbers& x, const Numbers&) {
        double loss = 0;
        for (std::int64_t i = 0; i < rows; ++i) {
            const double* z = x[0].data() + i * classes;
            double sum = 0, mean = 0;
            for (std::int64_t k = 0; k < classes; ++k) sum += std::exp(z[k]), mean += z[k];
            const double likelihood = z[label_number(x[1][at(i)], classes)] - std::log(sum),
                         even = mean / static_cast<double>(classes) - std::log(sum);
            loss -= ((1 - smoothing) * likelihood + smoothing * even) / divisor;
        }
        return std::vector<double>{loss};
    };
    const auto count = static_cast<double>(rows * classes);
    out.work = {6 * count, 0, count};
    out.reduces = true;
    return out;
}

std::vector<OpCase> cross_entropy_cases() {
    return {entropy_case(1, 2, 0, 1), entropy_case(31, 10, 0.1, 3), entropy_case(33, 31, 0.1, 1),
            entropy_case(3, 276, 0, 5), entropy_case(7, 999, 0.3, 2)};
}
std::vector<OpCase> cross_entropy_timed(Precision) {
    return {entropy_case(16, 10, 0.1, 1), entropy_case(16, 1000, 0.1, 1)};
}

}  // namespace

OpEntry cross_entropy_entry() {
    return {"cross_entropy",
            "L = Σ_i (log Σ_k exp z_ik - Σ_k q_ik z_ik) / divisor;  z̄_ik += (softmax(z_i)_k - q_ik) L̄ / "
            "divisor",
            cross_entropy_cases, cross_entropy_timed};
}

}  // namespace mf
