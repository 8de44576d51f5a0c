// SPDX-License-Identifier: MIT
// The inner loop of the stable target: rows x candidates exponentials a step, more than a small network's activations
// have. Dimensions go in pairs, so that points need each array once.
#include "ops/cpu/posterior_mean.hpp"

#include <algorithm>
#include <bit>
#include <type_traits>

#include "machine.hpp"

namespace mf {
namespace {

using cpu::fused;

/// fast_exp on a vector of numbers <= 0, of the same bits.
FloatVector fast_exp(FloatVector x) {
    x = x < -87.0F ? FloatVector{} - 87.0F : x;
    const FloatVector shifted = fused(x, FloatVector{} + 1.44269504F, FloatVector{} + 12582912.0F);
    const FloatVector n = shifted - 12582912.0F;
    const FloatVector f = fused(n, FloatVector{} + 2.12194440e-4F, fused(n, FloatVector{} - 0.693359375F, x));
    const auto next = [f](FloatVector p, float c) { return fused(p, f, FloatVector{} + c); };
    FloatVector p = next(FloatVector{} + 1.9875691500e-4F, 1.3981999507e-3F);
    p = next(p, 8.3334519073e-3F);
    p = next(p, 4.1665795894e-2F);
    p = next(p, 1.6666665459e-1F);
    p = next(p, 5.0000001201e-1F);
    p = fused(p * f, f, f) + 1.0F;
    return p * std::bit_cast<FloatVector>((std::bit_cast<WordVector>(shifted) + 127U) << 23);
}

FloatVector least(FloatVector a, FloatVector b) { return b < a ? b : a; }

/// Lane by lane from the first, then `tail`, element by element.
float in_order(FloatVector lanes, const auto& tail) {
    float lane[kVectorFloats], out = 0;
    store(lane, lanes);
    for (const float x : lane) out += x;
    return tail(out);
}

}  // namespace

Candidates::Candidates(Pool& pool, const float* samples, std::int64_t groups, std::int64_t count,
                       std::int64_t dimensions, int threads)
    : count_(count),
      padded_((count + kVectorFloats - 1) / kVectorFloats * kVectorFloats),
      dimensions_(dimensions),
      x_({groups, dimensions, padded_}, DType::f32, &pool),
      w_({threads, padded_}, DType::f32, &pool) {
    float* to = x_.f32();
    for (std::int64_t g = 0; g < groups; ++g, to += dimensions * padded_)
        for (std::int64_t j = 0; j < padded_; ++j)
            for (std::int64_t d = 0; d < dimensions; ++d)
                to[d * padded_ + j] = samples[(g * count + std::min(j, count - 1)) * dimensions + d];
}

/// Fills w with |z - (1-s) x_j|² / s²; returns the least.
float Candidates::squares(float* w, const float* x, const float* z, float s) const {
    const FloatVector shrink = FloatVector{} + (1.0F - s) / s;
    FloatVector nearest{};
    for (std::int64_t d = 0; d < dimensions_; d += 2) {
        const bool pair = d + 1 < dimensions_;
        const float *first = x + d * padded_, *second = pair ? first + padded_ : first;
        const FloatVector z_first = FloatVector{} + z[d] / s,
                          z_second = FloatVector{} + z[pair ? d + 1 : d] / s;
        const auto pass = [&](auto begins, auto has_second) {
            for (std::int64_t j = 0; j < padded_; j += kVectorFloats) {
                const FloatVector a = fused(-shrink, load(first + j), z_first);
                FloatVector sum = fused(a, a, begins ? FloatVector{} : load(w + j));
                if constexpr (has_second) {
                    const FloatVector b = fused(-shrink, load(second + j), z_second);
                    sum = fused(b, b, sum);
                }
                store(w + j, sum);
                nearest = j == 0 ? sum : least(nearest, sum);
            }
        };
        const std::true_type yes{};
        const std::false_type no{};
        if (d == 0)
            pair ? pass(yes, yes) : pass(yes, no);
        else
            pair ? pass(no, yes) : pass(no, no);
    }
    float lane[kVectorFloats];
    store(lane, nearest);
    return *std::ranges::min_element(lane);
}

/// Turns the squares in w into weights relative to the nearest candidate's; returns their sum.
float Candidates::weigh(float* w, float nearest) const {
    const std::int64_t whole = count_ / kVectorFloats * kVectorFloats;
    const FloatVector half = FloatVector{} + 0.5F, least_square = FloatVector{} + nearest;
    FloatVector sums{};
    for (std::int64_t j = 0; j < padded_; j += kVectorFloats) {
        const FloatVector weight = fast_exp(half * (least_square - load(w + j)));
        store(w + j, weight);
        if (j < whole) sums += weight;
    }
    return in_order(sums, [&](float out) {
        for (std::int64_t j = whole; j < count_; ++j) out += w[j];
        return out;
    });
}

void Candidates::posterior_mean(float* mean, const float* z, float s, std::int64_t group, int thread) {
    const float* x = x_.f32() + group * dimensions_ * padded_;
    float* w = w_.f32() + thread * padded_;
    const float sum = weigh(w, squares(w, x, z, s));
    const std::int64_t whole = count_ / kVectorFloats * kVectorFloats;
    for (std::int64_t d = 0; d < dimensions_; d += 2) {
        const bool pair = d + 1 < dimensions_;
        const float *first = x + d * padded_, *second = pair ? first + padded_ : first;
        FloatVector first_sums{}, second_sums{};
        for (std::int64_t j = 0; j < whole; j += kVectorFloats) {
            const FloatVector weight = load(w + j);
            first_sums = fused(weight, load(first + j), first_sums);
            second_sums = fused(weight, load(second + j), second_sums);
        }
        const auto total = [&](FloatVector sums, const float* row) {
            return in_order(sums, [&](float out) {
                for (std::int64_t j = whole; j < count_; ++j) out += w[j] * row[j];
                return out;
            });
        };
        mean[d] = total(first_sums, first) / sum;
        if (pair) mean[d + 1] = total(second_sums, second) / sum;
    }
}

}  // namespace mf
