// SPDX-License-Identifier: MIT
#include <limits>

#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/head_tiles.hpp"
#include "ops/cpu/row_math.hpp"

namespace mf::cpu {
namespace {

/// e^(scale x - shift) in place over a row; returns the sum of the first `n`. What lies behind becomes zero.
float exponentials(float* row, std::int64_t n, std::int64_t width, float scale, float shift) {
    FloatVector sum{};
    std::int64_t j = 0;
    for (; j + kVectorFloats <= n; j += kVectorFloats) {
        const FloatVector e = exp(fused(load(row + j), FloatVector{} + scale, FloatVector{} - shift));
        store(row + j, e);
        sum += e;
    }
    if (j < n) {
        float last[kVectorFloats]{};
        store(last, exp(fused(load(row + j), FloatVector{} + scale, FloatVector{} - shift)));
        std::fill(last + (n - j), last + kVectorFloats, 0.0F);
        store(row + j, load(last));
        sum += load(last);
        j += kVectorFloats;
    }
    std::fill(row + j, row + width, 0.0F);
    return sum_of_lanes(sum);
}

float largest(const float* row, std::int64_t n) {
    FloatVector top = FloatVector{} - std::numeric_limits<float>::max();
    std::int64_t j = 0;
    for (; j + kVectorFloats <= n; j += kVectorFloats) {
        const FloatVector x = load(row + j);
        top = x > top ? x : top;
    }
    float lane[kVectorFloats];
    store(lane, top);
    float out = *std::max_element(lane, lane + kVectorFloats);
    for (; j < n; ++j) out = std::max(out, row[j]);
    return out;
}

/// One (sample, head): where its rows are, and the thread's memory.
struct HeadPass {
    std::int64_t n, d, width;
    float scale;
    HeadRows q, k, v, q_dot, k_dot, v_dot;        // tangents: null where there are none
    Word *keys, *values, *keys_dot, *values_dot;  // panels
    float *scores, *moved, *out;                  // (block, width), (block, width), (block, d)
    Word* half;                                   // (block, width) in bf16
};

/// Sizes of the pieces of HeadPass, in words.
template <bool pairs>
std::int64_t pass_words(const AttentionSizes& z) {
    return 2 * (padded(z.tokens) * words<pairs>(z.d) + words<pairs>(z.tokens) * padded(z.d)) +
           kQueryBlock * (2 * padded(z.tokens) + z.d + (pairs ? padded(z.tokens) / 2 : 0));
}

/// P of `m` queries in h.scores; their log-sum-exp where wanted.
void softmax_block(const HeadPass& h, std::int64_t m, float* log_sums) {
    for (std::int64_t i = 0; i < m; ++i) {
        float* row = h.scores + i * h.width;
        const float shift = h.scale * largest(row, h.n);
        const float sum = exponentials(row, h.n, h.width, h.scale, shift), share = 1.0F / sum;
        for (std::int64_t j = 0; j < h.width; j += kVectorFloats) store(row + j, load(row + j) * share);
        if (log_sums != nullptr) log_sums[i] = shift + std::log(sum);
    }
}

/// S' (unscaled) of `m` queries from `begin` in h.moved becomes s (H - rowsum(H) P).
void moved_weights(const HeadPass& h, std::int64_t m) {
    for (std::int64_t i = 0; i < m; ++i) {
        const float* p = h.scores + i * h.width;
        float* row = h.moved + i * h.width;
        const float mean = row_dot(p, row, h.n);
        for (std::int64_t j = 0; j < h.width; j += kVectorFloats)
            store(row + j, load(p + j) * (load(row + j) - mean) * h.scale);
    }
}

/// O' of `m` queries from `begin` in h.out; h.scores hold P.
template <bool pairs>
void tangent_block(const HeadPass& h, std::int64_t begin, std::int64_t m) {
    const bool from_q = h.q_dot.at != nullptr, from_k = h.k_dot.at != nullptr, from_v = h.v_dot.at != nullptr;
    const std::int64_t d_words = words<pairs>(h.d);
    if (from_q) times_turned<pairs, Start::zero>(h.moved, h.q_dot.from(begin), m, h.keys, h.n, d_words);
    if (from_k && from_q)
        times_turned<pairs, Start::add>(h.moved, h.q.from(begin), m, h.keys_dot, h.n, d_words);
    if (from_k && !from_q)
        times_turned<pairs, Start::zero>(h.moved, h.q.from(begin), m, h.keys_dot, h.n, d_words);
    if (from_q || from_k) {
        moved_weights(h, m);
        const HeadRows w = as_left_factor<pairs>(h.moved, h.half, m, h.width);
        times_straight<pairs, Start::zero>(h.out, h.d, w, m, h.values, h.n, h.d);
    } else {
        std::fill_n(h.out, m * h.d, 0.0F);
    }
    if (!from_v) return;
    const HeadRows p = as_left_factor<pairs>(h.scores, h.half, m, h.width);
    times_straight<pairs, Start::add>(h.out, h.d, p, m, h.values_dot, h.n, h.d);
}

/// Copies (m, d) to rows `stride` apart of an f32 or bf16 matrix.
void put_block(Into to, std::int64_t offset, std::int64_t stride, const float* from, std::int64_t m,
               std::int64_t d) {
    in_type(to, [&](auto* out) {
        for (std::int64_t i = 0; i < m; ++i) {
            const float* row = from + i * d;
            fill_row(
                out + offset + i * stride, d, [=](std::int64_t j) { return load(row + j); },
                [=](std::int64_t j) { return row[j]; });
        }
    });
}

/// Where the head's rows are, with panels of its keys and values in `memory`.
template <bool pairs>
HeadPass prepare(const AttentionSizes& z, const AttentionPass& pass, std::int64_t sample, std::int64_t head,
                 float* memory) {
    const std::int64_t c = z.columns(), n = z.tokens, d_words = words<pairs>(z.d);
    const auto rows = [&](View x) { return head_rows<pairs>(x, sample * n * c + head * z.d, c); };
    const auto moving = [&](View x) {
        const std::int64_t begin = z.samples - (x.empty() ? 0 : x.rows / n);
        return sample < begin ? HeadRows{nullptr, 0}
                              : head_rows<pairs>(x, (sample - begin) * n * c + head * z.d, c);
    };
    const auto floats = [&](std::int64_t count) { return std::exchange(memory, memory + count); };
    const auto panels = [&](std::int64_t count) { return reinterpret_cast<Word*>(floats(count)); };
    const std::int64_t turned = padded(n) * d_words, straight = words<pairs>(n) * padded(z.d);
    const HeadPass h{.n = n,
                     .d = z.d,
                     .width = padded(n),
                     .scale = 1.0F / std::sqrt(static_cast<float>(z.d)),
                     .q = rows(pass.q),
                     .k = rows(pass.k),
                     .v = rows(pass.v),
                     .q_dot = moving(pass.q_dot),
                     .k_dot = moving(pass.k_dot),
                     .v_dot = moving(pass.v_dot),
                     .keys = panels(turned),
                     .values = panels(straight),
                     .keys_dot = panels(turned),
                     .values_dot = panels(straight),
                     .scores = floats(kQueryBlock * padded(n)),
                     .moved = floats(kQueryBlock * padded(n)),
                     .out = floats(kQueryBlock * z.d),
                     .half = panels(0)};
    pack_turned(h.keys, h.k, n, d_words);
    pack_straight<pairs>(h.values, h.v, n, z.d);
    if (h.k_dot.at != nullptr) pack_turned(h.keys_dot, h.k_dot, n, d_words);
    if (h.v_dot.at != nullptr) pack_straight<pairs>(h.values_dot, h.v_dot, n, z.d);
    return h;
}

/// Calls work(lane, sample, head, first, last) for queries [first, last). Where there are fewer heads than threads (the one
/// head over the pixels of a picture), several share a head, each with panels of its own.
template <class Work>
void for_queries(Team& team, const AttentionSizes& z, Work&& work) {
    const std::int64_t heads = z.samples * z.heads, blocks = (z.tokens + kQueryBlock - 1) / kQueryBlock;
    const std::int64_t parts =
        std::min(blocks, std::max<std::int64_t>(1, team.size() / std::max<std::int64_t>(1, heads)));
    team.run([&](int lane) {
        const std::int64_t pieces = heads * parts;
        for (std::int64_t i = pieces * lane / team.size(); i < pieces * (lane + 1) / team.size(); ++i) {
            const std::int64_t head = i / parts, part = i % parts;
            work(lane, head / z.heads, head % z.heads, blocks * part / parts * kQueryBlock,
                 std::min(z.tokens, blocks * (part + 1) / parts * kQueryBlock));
        }
    });
}

template <bool pairs>
void run(Team& team, Pool& pool, const AttentionSizes& z, const AttentionPass& pass) {
    Workspace workspace(team, pool, pass_words<pairs>(z));
    const std::int64_t c = z.columns(), n = z.tokens;
    const std::int64_t first_moving = z.samples - (pass.y_dot.empty() ? 0 : pass.y_dot.rows / n);
    for_queries(team, z,
                [&](int lane, std::int64_t sample, std::int64_t head, std::int64_t first, std::int64_t last) {
                    const HeadPass h = prepare<pairs>(z, pass, sample, head, workspace.of(lane));
                    for (std::int64_t begin = first; begin < last; begin += kQueryBlock) {
                        const std::int64_t m = std::min(kQueryBlock, last - begin);
                        times_turned<pairs, Start::zero>(h.scores, h.q.from(begin), m, h.keys, n,
                                                         words<pairs>(z.d));
                        float* log_sums = pass.log_sums.empty()
                                              ? nullptr
                                              : pass.log_sums.f32() + (sample * z.heads + head) * n + begin;
                        softmax_block(h, m, log_sums);
                        const HeadRows p = as_left_factor<pairs>(h.scores, h.half, m, h.width);
                        times_straight<pairs, Start::zero>(h.out, z.d, p, m, h.values, n, z.d);
                        put_block(pass.y, (sample * n + begin) * c + head * z.d, c, h.out, m, z.d);
                        if (sample < first_moving) continue;
                        tangent_block<pairs>(h, begin, m);
                        put_block(pass.y_dot, ((sample - first_moving) * n + begin) * c + head * z.d, c,
                                  h.out, m, z.d);
                    }
                });
}

}  // namespace
}  // namespace mf::cpu

namespace mf {

void CpuDevice::attention(const AttentionSizes& sizes, const AttentionPass& pass, Pool& scratch) {
    Pool& pool = scratch_of(scratch);
    pass.q.type == DType::bf16 ? cpu::run<true>(team_, pool, sizes, pass)
                               : cpu::run<false>(team_, pool, sizes, pass);
}

}  // namespace mf
