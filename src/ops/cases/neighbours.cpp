// SPDX-License-Identifier: MIT
#include "ops/neighbours.hpp"

#include <algorithm>

#include "ops/cases/transformer_sizes.hpp"

namespace mf {
namespace {

struct GridSize {
    std::int64_t samples, height, width, c;
    std::int64_t pixels() const { return height * width * c; }
};

OpCase neighbours_case(const GridSize& z, DType dtype = DType::f32) {
    OpCase out;
    out.name =
        fmt::format("{}x{}x{}x{}{}", z.samples, z.height, z.width, z.c, dtype == DType::bf16 ? "_bf16" : "");
    out.data = {{.name = "x", .shape = {z.samples, z.pixels()}, .dtype = dtype}};
    out.precision = dtype == DType::bf16 ? Precision::bf16 : Precision::f32;
    out.run = [z](const Context& context, std::span<const Dual> data, std::span<const Param* const>) {
        return neighbours(context, data[0].reshaped(z.c), z.height, z.width).reshaped(9 * z.pixels());
    };
    out.reference = [z](const Numbers& x, const Numbers&) {
        std::vector<double> y;
        for (std::int64_t row = 0; row < z.samples * z.height * z.width; ++row)
            for (std::int64_t n = 0; n < 9; ++n)
                for (std::int64_t c = 0; c < z.c; ++c) {
                    const std::int64_t i = row / z.width % z.height + n / 3 - 1,
                                       j = row % z.width + n % 3 - 1;
                    const bool inside = std::clamp<std::int64_t>(i, 0, z.height - 1) == i &&
                                        std::clamp<std::int64_t>(j, 0, z.width - 1) == j;
                    const std::int64_t from = row + (n / 3 - 1) * z.width + n % 3 - 1;
                    y.push_back(inside ? x[0][at(from * z.c + c)] : 0.0);
                }
        return y;
    };
    return out;
}

std::vector<OpCase> neighbours_cases() {
    return {neighbours_case({1, 1, 1, 1}), neighbours_case({3, 2, 5, 3}), neighbours_case({5, 4, 3, 31}),
            neighbours_case({2, 7, 1, 33}), neighbours_case({3, 3, 4, 16}, DType::bf16)};
}
std::vector<OpCase> neighbours_timed(Precision precision) {
    return {neighbours_case({8, 16, 16, 64}, precision == Precision::bf16 ? DType::bf16 : DType::f32)};
}

}  // namespace

OpEntry neighbours_entry() {
    return {"neighbours",
            "y[i][j][u][v] = x[i + u - 1][j + v - 1], zero beyond the edge;  y' likewise;  x̄ collects its "
            "copies",
            neighbours_cases, neighbours_timed};
}

}  // namespace mf
