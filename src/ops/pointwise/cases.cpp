// SPDX-License-Identifier: MIT
#include <algorithm>

#include "ops/cases/entries.hpp"
#include "ops/pointwise.hpp"
#include "ops/pointwise/laws.hpp"

namespace mf {
namespace {

template <class Law>
OpCase pointwise_case(std::int64_t rows, std::int64_t cols, Precision precision) {
    OpCase out;
    out.name = fmt::format("{}x{}{}", rows, cols, suffix(precision));
    out.data = {{.name = "x", .shape = {rows, cols}, .spread = 2}};
    out.precision = precision;
    out.run = [](const Context& context, std::span<const Dual> data, std::span<const Param* const>) {
        return pointwise(context, Law::function, data[0]);
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

template <class Law>
std::vector<OpCase> pointwise_cases() {
    std::vector<OpCase> out;
    for (const Precision precision : {Precision::f32, Precision::bf16})
        for (const Shape& size :
             {Shape{1, 1}, Shape{31, 33}, Shape{33, 1}, Shape{7, 276}, Shape{5, 999}, Shape{64, 128}})
            out.push_back(pointwise_case<Law>(size[0], size[1], precision));
    return out;
}

template <class Law>
std::vector<OpCase> pointwise_timed(Precision precision) {
    return {pointwise_case<Law>(64, 128, precision), pointwise_case<Law>(1344, 1024, precision)};
}

}  // namespace

std::vector<OpEntry> pointwise_entries() {
    std::vector<OpEntry> out;
    PointwiseLaws::for_each([&]<class Law> {
        out.push_back({Law::name, Law::law, pointwise_cases<Law>, pointwise_timed<Law>});
    });
    return out;
}

std::vector<PointwiseName> pointwise_names() {
    std::vector<PointwiseName> out;
    PointwiseLaws::for_each([&]<class Law> { out.push_back({Law::function, Law::name}); });
    return out;
}

}  // namespace mf
