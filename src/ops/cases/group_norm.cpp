// SPDX-License-Identifier: MIT
#include "ops/group_norm.hpp"

#include <cmath>

#include "ops/cases/picture_size.hpp"

namespace mf {
namespace {

constexpr double kEps = 1e-5;

std::vector<double> law(const PictureSize& z, std::int64_t groups, bool silu, const Numbers& x) {
    std::vector<double> y(at(z.count()));
    const std::int64_t members = z.c / groups, pixels = z.height * z.width;
    for (std::int64_t i = 0; i < z.pictures * groups; ++i) {
        const std::int64_t start = i / groups * z.numbers() + i % groups * members;
        const auto over = [&](auto visit) {
            for (std::int64_t p = 0; p < pixels; ++p)
                for (std::int64_t c = 0; c < members; ++c)
                    visit(at(start + p * z.c + c), at(i % groups * members + c));
        };
        const auto count = static_cast<double>(pixels * members);
        double mean = 0, variance = 0;
        over([&](std::size_t k, std::size_t) { mean += x[0][k] / count; });
        over([&](std::size_t k, std::size_t) { variance += (x[0][k] - mean) * (x[0][k] - mean) / count; });
        over([&](std::size_t k, std::size_t c) {
            const double n = (x[0][k] - mean) / std::sqrt(variance + kEps), normed = x[1][c] * n + x[2][c];
            y[k] = silu ? normed / (1 + std::exp(-normed)) : normed;
        });
    }
    return y;
}

OpCase norm_case(PictureSize z, int groups, bool silu, Precision precision = Precision::f32,
                 DType x = DType::f32) {
    OpCase out;
    out.name = fmt::format("{}_by_{}{}{}{}", z.text(), groups, silu ? "_silu" : "",
                           x == DType::bf16 ? "_x16" : "", suffix(precision));
    out.data = {{.name = "x", .shape = {z.pictures, z.numbers()}, .dtype = x}};
    out.params = {{.name = "g", .shape = {z.c}}, {.name = "b", .shape = {z.c}}};
    out.precision = precision;
    out.run = [=](const Context& context, std::span<const Dual> data, std::span<const Param* const> params) {
        return as_rows(group_norm(context, z.of(data[0]), *params[0], *params[1], groups,
                                  static_cast<float>(kEps), silu));
    };
    out.reference = [=](const Numbers& all, const Numbers&) { return law(z, groups, silu, all); };
    out.tolerance = precision == Precision::bf16 ? 2e-2 : 5e-6;  // under bf16 the result is rounded
    return out;
}

std::vector<OpCase> norm_cases() {
    std::vector<OpCase> out;
    for (const bool silu : {false, true}) {
        out.push_back(norm_case({3, 2, 3, 1}, 1, silu));
        out.push_back(norm_case({2, 4, 3, 6}, 3, silu));
        out.push_back(norm_case({2, 5, 3, 33}, 11, silu));
        out.push_back(norm_case({1, 3, 2, 64}, 32, silu));
        out.push_back(norm_case({2, 3, 3, 20}, 4, silu, Precision::bf16));
        out.push_back(norm_case({2, 3, 3, 16}, 4, silu, Precision::bf16, DType::bf16));
    }
    // More than one portion of sums.
    out.push_back(norm_case({2, 2, 11, 1024}, 32, true));
    return out;
}

std::vector<OpCase> norm_timed(Precision precision) {
    return {norm_case({1, 64, 64, 512}, 32, true, precision)};
}

}  // namespace

OpEntry group_norm_entry() {
    return {"group_norm",
            "y = f(g n + b), n = (x - mean(x)) / √(var(x) + ε) over a group's channels and all pixels, f = "
            "silu or nothing;  "
            "y' = f' g s (x' - mean(x') - n mean(n x'));  with h = f' ȳ: x̄ += s (g h - mean(g h) - n mean(n "
            "g h)),  ḡ += Σ n "
            "h,  b̄ += Σ h",
            norm_cases, norm_timed, KernelSet::group_norms};
}

}  // namespace mf
