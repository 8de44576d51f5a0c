// SPDX-License-Identifier: MIT
#include "metrics/inception_score.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <random>

#include "core/error.hpp"
#include "metrics/class_probabilities.hpp"

namespace mf {
namespace {

constexpr double kGuard = 1e-10;  // inside the logarithms

/// Of the rows order[begin] .. order[end - 1]. The part's mean enters through sums alone, so one pass is
/// enough: mean_i sum_c p_ic log(q_c + g) = sum_c q_c log(q_c + g).
double score_of_part(MatrixView logits, std::span<const std::int64_t> rows) {
    std::vector<double> p(static_cast<std::size_t>(logits.cols)), q(p.size());
    double own = 0;
    for (const std::int64_t row : rows) {
        own += class_probabilities(logits.row(row), p);
        for (std::size_t c = 0; c < p.size(); ++c) q[c] += p[c];
    }
    return score_of_sums(own, q, static_cast<double>(rows.size()));
}

void check_order(std::span<const std::int64_t> order, std::int64_t rows) {
    check(std::ssize(order) == rows, "[inception_score] the order has {} entries for {} rows", order.size(),
          rows);
    std::vector<bool> seen(order.size());
    for (const std::int64_t row : order) {
        check(row >= 0 && row < rows && !seen[static_cast<std::size_t>(row)],
              "[inception_score] the order must hold each row 0 .. {} once, got {} twice or out of range",
              rows - 1, row);
        seen[static_cast<std::size_t>(row)] = true;
    }
}

}  // namespace

double class_probabilities(const float* logits, std::vector<double>& p) {
    const double top = *std::max_element(logits, logits + p.size());
    double sum = 0, own = 0;
    for (std::size_t c = 0; c < p.size(); ++c) sum += p[c] = std::exp(logits[c] - top);
    for (double& value : p) {
        value /= sum;
        own += value * std::log(value + kGuard);
    }
    return own;
}

double score_of_sums(double own, std::span<const double> shared, double count) {
    double mean = 0;
    for (const double sum : shared) mean += sum / count * std::log(sum / count + kGuard);
    return std::exp(own / count - mean);
}

InceptionScore inception_score_of_parts(std::vector<double> scores) {
    InceptionScore out{0, 0, std::move(scores)};
    const auto parts = static_cast<double>(out.per_part.size());
    for (const double score : out.per_part) out.mean += score / parts;
    for (const double score : out.per_part) out.std += (score - out.mean) * (score - out.mean) / parts;
    out.std = std::sqrt(out.std);
    return out;
}

InceptionScore inception_score(MatrixView logits, int parts, std::span<const std::int64_t> order) {
    check(parts >= 1, "[inception_score] expected at least one part, got {}", parts);
    check_samples("inception_score", "logits", logits, parts);
    std::vector<std::int64_t> as_they_stand;
    if (order.empty()) {
        as_they_stand.resize(static_cast<std::size_t>(logits.rows));
        std::iota(as_they_stand.begin(), as_they_stand.end(), 0);
        order = as_they_stand;
    }
    check_order(order, logits.rows);
    std::vector<double> scores;
    for (int k = 0; k < parts; ++k) {
        const auto begin = static_cast<std::size_t>(logits.rows * k / parts);
        const auto end = static_cast<std::size_t>(logits.rows * (k + 1) / parts);
        scores.push_back(score_of_part(logits, order.subspan(begin, end - begin)));
    }
    return inception_score_of_parts(std::move(scores));
}

std::vector<std::int64_t> legacy_permutation(std::uint32_t seed, std::int64_t n) {
    check(n >= 0 && n < (std::int64_t{1} << 32), "[legacy_permutation] n must be below 2^32, got {}", n);
    std::mt19937 random(seed);
    std::vector<std::int64_t> out(static_cast<std::size_t>(n));
    std::iota(out.begin(), out.end(), 0);
    // Fisher-Yates from the end; a place up to i is the first draw that, cut to the bits of i, does not
    // exceed it.
    for (std::int64_t i = n - 1; i > 0; --i) {
        const auto mask = static_cast<std::uint32_t>(std::bit_ceil(static_cast<std::uint64_t>(i) + 1) - 1);
        auto draw = static_cast<std::uint32_t>(random()) & mask;
        while (draw > i) draw = static_cast<std::uint32_t>(random()) & mask;
        std::swap(out[static_cast<std::size_t>(i)], out[draw]);
    }
    return out;
}

}  // namespace mf
