// SPDX-License-Identifier: MIT
#include "ops/cpu/cpu_device.hpp"
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

/// The thread's memory for one (sample, head).
struct AdjointPass {
    Word *keys, *values, *keys_straight;  // panels of all keys
    Word *q, *dy;                         // straight panels of a block
    float *p, *ds;                        // (block, width)
    float* dy_rows;                       // (block, d) in bf16
    Word* half;                           // (block, width) in bf16

    template <bool pairs>
    static std::int64_t words_of(const AttentionSizes& z) {
        const std::int64_t width = padded(z.tokens), wide = padded(z.d);
        return 2 * width * words<pairs>(z.d) + words<pairs>(z.tokens) * wide +
               kQueryBlock * (2 * wide + 2 * width + (pairs ? wide / 2 + width / 2 : 0));
    }
};

template <bool pairs>
AdjointPass prepare(const AttentionSizes& z, float* memory) {
    const std::int64_t width = padded(z.tokens), wide = padded(z.d), turned = width * words<pairs>(z.d);
    const auto floats = [&](std::int64_t count) { return std::exchange(memory, memory + count); };
    const auto panels = [&](std::int64_t count) { return reinterpret_cast<Word*>(floats(count)); };
    return {.keys = panels(turned),
            .values = panels(turned),
            .keys_straight = panels(words<pairs>(z.tokens) * wide),
            .q = panels(kQueryBlock * wide),
            .dy = panels(kQueryBlock * wide),
            .p = floats(kQueryBlock * width),
            .ds = floats(kQueryBlock * width),
            .dy_rows = floats(pairs ? kQueryBlock * wide / 2 : 0),
            .half = panels(0)};
}

/// `m` rows of Ō, `stride` apart, as a left factor.
template <bool pairs>
HeadRows gradient_rows(const float* dy, std::int64_t stride, std::int64_t m, std::int64_t d, float* memory) {
    if constexpr (pairs) {
        auto* half = reinterpret_cast<bfloat16*>(memory);
        for (std::int64_t i = 0; i < m; ++i) {
            const float* row = dy + i * stride;
            fill_row(
                half + i * d, d, [=](std::int64_t j) { return load(row + j); },
                [=](std::int64_t j) { return row[j]; });
        }
        return {reinterpret_cast<const Word*>(memory), d / 2};
    } else {
        return {reinterpret_cast<const Word*>(dy), stride};
    }
}

template <bool pairs>
void run(Team& team, Pool& pool, const AttentionSizes& z, const AttentionAdjoint& pass) {
    const std::int64_t c = z.columns(), n = z.tokens, d = z.d, width = padded(n), d_words = words<pairs>(d);
    Workspace workspace(team, pool, AdjointPass::words_of<pairs>(z));
    const float scale = 1.0F / std::sqrt(static_cast<float>(d));
    for_heads(team, z, [&](int lane, std::int64_t sample, std::int64_t head) {
        const std::int64_t at = sample * n * c + head * d;
        const AdjointPass h = prepare<pairs>(z, workspace.of(lane));
        const HeadRows queries = head_rows<pairs>(pass.q, at, c), keys = head_rows<pairs>(pass.k, at, c);
        pack_turned(h.keys, keys, n, d_words);
        pack_turned(h.values, head_rows<pairs>(pass.v, at, c), n, d_words);
        pack_straight<pairs>(h.keys_straight, keys, n, d);
        float *dq = pass.dq.f32() + at, *dk = pass.dk.f32() + at, *dv = pass.dv.f32() + at;
        for (std::int64_t i = 0; i < n; ++i) {
            std::fill_n(dk + i * c, d, 0.0F);
            std::fill_n(dv + i * c, d, 0.0F);
        }
        const float* log_sums = pass.log_sums.f32() + (sample * z.heads + head) * n;
        for (std::int64_t begin = 0; begin < n; begin += kQueryBlock) {
            const std::int64_t m = std::min(kQueryBlock, n - begin);
            const float* dy = pass.dy.f32() + at + begin * c;
            const HeadRows q = queries.from(begin), dy_rows = gradient_rows<pairs>(dy, c, m, d, h.dy_rows);
            times_turned<pairs, Start::zero>(h.p, q, m, h.keys, n, d_words);
            times_turned<pairs, Start::zero>(h.ds, dy_rows, m, h.values, n, d_words);
            for (std::int64_t i = 0; i < m; ++i) {
                float *weights = h.p + i * width, *row = h.ds + i * width;
                weights_again(weights, n, width, scale, log_sums[begin + i]);
                float along = 0;
                in_type(pass.o,
                        [&](const auto* o) { along = dot_mixed(dy + i * c, o + at + (begin + i) * c, d); });
                for (std::int64_t j = 0; j < width; j += kVectorFloats)
                    store(row + j, load(weights + j) * (load(row + j) - along) * scale);
            }
            pack_straight<pairs>(h.q, q, m, d);
            pack_straight<pairs>(h.dy, dy_rows, m, d);
            const HeadRows ds = as_left_factor<pairs>(h.ds, h.half, m, width);
            times_straight<pairs, Start::zero>(dq + begin * c, c, ds, m, h.keys_straight, n, d);
            add_turned_product<pairs>(dk, c, as_turned_factor<pairs>(h.ds, m, width), n, h.q, m, d);
            add_turned_product<pairs>(dv, c, as_turned_factor<pairs>(h.p, m, width), n, h.dy, m, d);
        }
    });
}

}  // namespace
}  // namespace mf::cpu

namespace mf {

void CpuDevice::attention_adjoint(const AttentionSizes& sizes, const AttentionAdjoint& pass, Pool& scratch) {
    Pool& pool = scratch_of(scratch);
    pass.q.type == DType::bf16 ? cpu::run<true>(team_, pool, sizes, pass)
                               : cpu::run<false>(team_, pool, sizes, pass);
}

}  // namespace mf
