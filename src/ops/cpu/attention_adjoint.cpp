// SPDX-License-Identifier: MIT
#include "ops/cpu/attention.hpp"
#include "ops/cpu/head_tiles.hpp"
#include "ops/cpu/row_math.hpp"

namespace mf::cpu {
namespace {

/// P of a row from its scores and log-sum-exp; what lies behind the n-th number becomes zero.
void weights_again(float* row, std::int64_t n, std::int64_t width, float scale, float log_sum) {
    for (std::int64_t j = 0; j < width; j += kVectorFloats)
        store(row + j, exp(fused(load(row + j), FloatVector{} + scale, FloatVector{} - log_sum)));
    std::fill(row + n, row + width, 0.0F);
}

/// Σ_j a_j b_j where b is f32 or bf16.
template <class B>
float dot_mixed(const float* a, const B* b, std::int64_t n) {
    return sum_over(
        n, [=](std::int64_t j) { return load(a + j) * get(b + j); },
        [=](std::int64_t j) { return a[j] * to_float(b[j]); });
}

}  // namespace

void attention_adjoint(Team& team, Pool& pool, const AttentionSizes& z, const AttentionAdjoint& pass) {
    const std::int64_t c = z.columns(), n = z.tokens, d = z.d, width = padded(n);
    const std::int64_t turned = width * d, straight = n * padded(d);
    Workspace workspace(team, pool,
                        2 * turned + straight + 2 * kQueryBlock * width + 2 * kQueryBlock * padded(d));
    const float scale = 1.0F / std::sqrt(static_cast<float>(d));
    for_heads(team, z, [&](int lane, std::int64_t sample, std::int64_t head) {
        const std::int64_t at = sample * n * c + head * d;
        const auto rows = [&](const Tensor& x) { return HeadRows{x.f32() + at, c}; };
        float* memory = workspace.of(lane);
        const auto take = [&](std::int64_t floats) { return std::exchange(memory, memory + floats); };
        float *keys = take(turned), *values = take(turned), *keys_straight = take(straight);
        float *p = take(kQueryBlock * width), *ds = take(kQueryBlock * width);
        float *q_straight = take(kQueryBlock * padded(d)), *dy_straight = take(kQueryBlock * padded(d));
        pack_turned(keys, rows(pass.k), n, d);
        pack_turned(values, rows(pass.v), n, d);
        pack_straight(keys_straight, rows(pass.k), n, d);
        float *dq = pass.dq.f32() + at, *dk = pass.dk.f32() + at, *dv = pass.dv.f32() + at;
        for (std::int64_t i = 0; i < n; ++i) {
            std::fill_n(dk + i * c, d, 0.0F);
            std::fill_n(dv + i * c, d, 0.0F);
        }
        const float* log_sums = pass.log_sums.f32() + (sample * z.heads + head) * n;
        for (std::int64_t begin = 0; begin < n; begin += kQueryBlock) {
            const std::int64_t m = std::min(kQueryBlock, n - begin);
            const HeadRows q{pass.q.f32() + at + begin * c, c}, dy{pass.dy.f32() + at + begin * c, c};
            times_turned<Start::zero>(p, q, m, keys, n, d);
            times_turned<Start::zero>(ds, dy, m, values, n, d);
            for (std::int64_t i = 0; i < m; ++i) {
                float *weights = p + i * width, *row = ds + i * width;
                weights_again(weights, n, width, scale, log_sums[begin + i]);
                float along = 0;
                in_type(pass.o, [&](const auto* o) {
                    along = dot_mixed(dy.at + i * c, o + at + (begin + i) * c, d);
                });
                for (std::int64_t j = 0; j < width; j += kVectorFloats)
                    store(row + j, load(weights + j) * (load(row + j) - along) * scale);
            }
            pack_straight(q_straight, q, m, d);
            pack_straight(dy_straight, dy, m, d);
            times_straight<Start::zero>(dq + begin * c, c, ds, width, m, keys_straight, n, d);
            add_turned_product(dk, c, ds, width, n, q_straight, m, d);
            add_turned_product(dv, c, p, width, n, dy_straight, m, d);
        }
    });
}

}  // namespace mf::cpu
