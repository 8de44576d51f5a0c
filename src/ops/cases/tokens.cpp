// SPDX-License-Identifier: MIT
#include "ops/tokens.hpp"

#include "ops/cases/transformer_sizes.hpp"

namespace mf {
namespace {

struct Sizes {
    std::int64_t samples, patches, c;
    std::vector<std::int64_t> groups;
};

OpCase with_case(const Sizes& z) {
    OpCase out;
    std::int64_t length = z.patches;
    out.name = fmt::format("{}x{}x{}_{}", z.samples, z.patches, z.c, fmt::join(z.groups, "_"));
    out.data = {{.name = "x", .shape = {z.samples, z.patches * z.c}}};
    for (const std::int64_t n : z.groups) {
        out.data.push_back({.name = fmt::format("e{}", out.data.size()), .shape = {z.samples, z.c}});
        out.params.push_back({.name = fmt::format("w{}", out.params.size()), .shape = {n, z.c}});
        length += n;
    }
    out.run = [z, length](const Context& context, std::span<const Dual> data,
                          std::span<const Param* const> params) {
        std::vector<TokenGroup> groups;
        for (std::size_t g = 0; g < params.size(); ++g) groups.push_back({params[g], &data[g + 1]});
        return with_tokens(context, groups, data[0].reshaped(z.c)).reshaped(length * z.c);
    };
    out.reference = [z](const Numbers& x, const Numbers&) {
        std::vector<double> y;
        for (std::int64_t s = 0; s < z.samples; ++s) {
            for (std::size_t g = 0; g < z.groups.size(); ++g)
                for (std::int64_t i = 0; i < z.groups[g] * z.c; ++i)
                    y.push_back(x[1 + z.groups.size() + g][at(i)] + x[1 + g][at(s * z.c + i % z.c)]);
            const auto from = x[0].begin() + s * z.patches * z.c;
            y.insert(y.end(), from, from + z.patches * z.c);
        }
        return y;
    };
    return out;
}

OpCase without_case(std::int64_t samples, std::int64_t tokens, std::int64_t first, std::int64_t c) {
    OpCase out;
    out.name = fmt::format("{}x{}x{}_from_{}", samples, tokens, c, first);
    out.data = {{.name = "y", .shape = {samples, tokens * c}}};
    out.run = [=](const Context& context, std::span<const Dual> data, std::span<const Param* const>) {
        return without_tokens(context, data[0].reshaped(c), tokens, first).reshaped((tokens - first) * c);
    };
    out.reference = [=](const Numbers& x, const Numbers&) {
        std::vector<double> y;
        for (std::int64_t s = 0; s < samples; ++s)
            y.insert(y.end(), x[0].begin() + (s * tokens + first) * c, x[0].begin() + (s + 1) * tokens * c);
        return y;
    };
    return out;
}

std::vector<OpCase> tokens_cases() {
    return {with_case({1, 1, 1, {1}}), with_case({3, 5, 33, {2, 1}}), with_case({7, 16, 31, {8, 4, 2, 2, 4}}),
            with_case({31, 3, 2, {1, 1, 1}})};
}
std::vector<OpCase> cases_without() {
    return {without_case(1, 1, 0, 1), without_case(3, 7, 2, 33), without_case(31, 5, 4, 3),
            without_case(2, 36, 20, 31)};
}
std::vector<OpCase> tokens_timed(Precision) { return {with_case({16, 64, 256, {8, 4, 2, 2, 4}})}; }
std::vector<OpCase> timed_without(Precision) { return {without_case(16, 84, 20, 256)}; }

}  // namespace

OpEntry with_tokens_entry() {
    return {"with_tokens",
            "y[s] = [w_1 + e_1(s), ..., x(s)];  y' = [e_1', ..., x'];  w̄_i += sum_samples, ē_i += sum_group, "
            "x̄ += its rows",
            tokens_cases, tokens_timed};
}

OpEntry without_tokens_entry() {
    return {"without_tokens", "x[s] = y[s][first ..];  x' likewise;  ȳ[s][first ..] += x̄[s]", cases_without,
            timed_without};
}

}  // namespace mf
