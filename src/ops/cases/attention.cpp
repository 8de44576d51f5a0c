// SPDX-License-Identifier: MIT
#include "ops/attention.hpp"

#include <algorithm>

#include "ops/cases/transformer_sizes.hpp"

namespace mf {
namespace {

/// One head of one sample: o[i] = sum_j softmax_j(q_i . k_j / sqrt(d)) v_j.
void head(const SequenceSize& z, const Numbers& x, std::int64_t from, std::vector<double>& y) {
    const auto element = [&](std::int64_t token, std::int64_t j) {
        return at(from + token * z.columns() + j);
    };
    std::vector<double> p(at(z.tokens));
    for (std::int64_t i = 0; i < z.tokens; ++i) {
        double sum = 0, most = -1e300;
        for (std::int64_t k = 0; k < z.tokens; ++k) {
            double s = 0;
            for (std::int64_t j = 0; j < z.d; ++j) s += x[0][element(i, j)] * x[1][element(k, j)];
            p[at(k)] = s / std::sqrt(static_cast<double>(z.d));
            most = std::max(most, p[at(k)]);
        }
        for (double& s : p) sum += (s = std::exp(s - most));
        for (std::int64_t j = 0; j < z.d; ++j) {
            double o = 0;
            for (std::int64_t k = 0; k < z.tokens; ++k) o += p[at(k)] / sum * x[2][element(k, j)];
            y[element(i, j)] = o;
        }
    }
}

OpCase attention_case(const SequenceSize& z, Precision precision = Precision::f32, double spread = 1) {
    OpCase out;
    out.name = z.text() + suffix(precision) + (spread != 1 ? "_sharp" : "");
    for (const char* name : {"q", "k", "v"})
        out.data.push_back({.name = name, .shape = {z.samples, z.row()}, .spread = spread});
    out.precision = precision;
    out.run = [z](const Context& context, std::span<const Dual> data, std::span<const Param* const>) {
        const std::int64_t c = z.columns();
        return attention(context, data[0].reshaped(c), data[1].reshaped(c), data[2].reshaped(c), z.heads,
                         z.tokens)
            .reshaped(z.row());
    };
    out.reference = [z](const Numbers& x, const Numbers&) {
        std::vector<double> y(x[0].size());
        for (std::int64_t sample = 0; sample < z.samples; ++sample)
            for (std::int64_t h = 0; h < z.heads; ++h) head(z, x, sample * z.row() + h * z.d, y);
        return y;
    };
    out.tolerance = precision == Precision::bf16 ? 4e-2 : 1e-5 * spread;
    const double product = 2.0 * static_cast<double>(z.samples * z.row() * z.tokens);
    out.work = {2 * product, 4 * product, 5 * product};
    return out;
}

std::vector<OpCase> attention_cases() {
    return {attention_case({1, 1, 1, 1}),
            attention_case({3, 5, 2, 3}),
            attention_case({2, 31, 2, 16}),
            attention_case({3, 33, 1, 31}),
            attention_case({2, 36, 4, 16}),
            attention_case({1, 276, 1, 6}),
            attention_case({1, 100, 1, 64}),
            attention_case({2, 31, 1, 16}, Precision::f32, 4),
            attention_case({2, 33, 2, 16}, Precision::bf16),
            attention_case({1, 101, 1, 6}, Precision::bf16),
            attention_case({2, 97, 2, 34}, Precision::bf16),
            attention_case({2, 31, 2, 3}, Precision::bf16)};
}

std::vector<OpCase> attention_timed(Precision precision) {
    return {attention_case({16, 84, 4, 64}, precision), attention_case({2, 276, 12, 64}, precision)};
}

}  // namespace

OpEntry attention_entry() {
    return {"attention",
            "O = P V, P = softmax(s Q Kᵀ);  H = P ⊙ s (Q' Kᵀ + Q K'ᵀ), O' = P V' + (H - rowsum(H) P) V;  "
            "S̄ = P ⊙ (Ō Vᵀ - rowsum(Ō ⊙ O)), Q̄ += s S̄ K, K̄ += s S̄ᵀ Q, V̄ += Pᵀ Ō",
            attention_cases, attention_timed};
}

}  // namespace mf
