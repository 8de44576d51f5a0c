// SPDX-License-Identifier: MIT
#include "ops/mean_tokens.hpp"

#include "ops/cases/transformer_sizes.hpp"

namespace mf {
namespace {

OpCase mean_case(std::int64_t samples, std::int64_t tokens, std::int64_t c) {
    OpCase out;
    out.name = fmt::format("{}x{}x{}", samples, tokens, c);
    out.data = {{.name = "x", .shape = {samples, tokens * c}}};
    out.run = [=](const Context& context, std::span<const Dual> data, std::span<const Param* const>) {
        return mean_tokens(context, data[0].reshaped(c), tokens);
    };
    out.reference = [=](const Numbers& x, const Numbers&) {
        std::vector<double> y(at(samples * c));
        for (std::size_t k = 0; k < x[0].size(); ++k) {
            const std::size_t sample = k / at(tokens * c);
            y[sample * at(c) + k % at(c)] += x[0][k] / static_cast<double>(tokens);
        }
        return y;
    };
    return out;
}

std::vector<OpCase> mean_tokens_cases() {
    return {mean_case(1, 1, 1), mean_case(31, 3, 33), mean_case(3, 31, 2), mean_case(2, 3, 276)};
}
std::vector<OpCase> mean_tokens_timed(Precision) { return {mean_case(16, 64, 128)}; }

}  // namespace

OpEntry mean_tokens_entry() {
    return {"mean_tokens", "y[s] = 1/n sum_i x[s][i];  y' likewise;  x̄[s][i] += ȳ[s] / n", mean_tokens_cases,
            mean_tokens_timed};
}

}  // namespace mf
