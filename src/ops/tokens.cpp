// SPDX-License-Identifier: MIT
#include "ops/tokens.hpp"

#include <algorithm>
#include <array>

namespace mf {
namespace {

constexpr std::size_t kMostGroups = 8;

struct Groups {
    std::array<TokenGroup, kMostGroups> at{};
    std::array<GradSlot, kMostGroups> slots{};
    std::size_t count = 0;
    std::int64_t learnt = 0;  ///< tokens of all groups
};

/// Copies `rows` rows of each sample between matrices whose samples are `to_rows` and `from_rows` rows apart.
void copy_samples(float* to, std::int64_t to_rows, const float* from, std::int64_t from_rows,
                  std::int64_t samples, std::int64_t rows, std::int64_t c) {
    for (std::int64_t s = 0; s < samples; ++s)
        std::copy_n(from + s * from_rows * c, rows * c, to + s * to_rows * c);
}

struct WithTokensRecord {
    Pool& pool;
    Groups groups;
    Shape x_shape;
    std::int64_t samples;
    GradSlot x_slot, y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty()) return;
        const std::int64_t c = x_shape[1], patches = x_shape[0] / samples, length = groups.learnt + patches;
        std::int64_t at = 0;
        for (std::size_t g = 0; g < groups.count; ++g) {
            const std::int64_t n = groups.at[g].tokens->shape[0];
            add_group(tape, g, dy.f32() + at * c, n, length, c);
            at += n;
        }
        if (!x_slot.wanted()) return;
        Tensor dx(x_shape, DType::f32, &pool);
        copy_samples(dx.f32(), patches, dy.f32() + at * c, length, samples, patches, c);
        tape.add_gradient(x_slot, std::move(dx));
    }

    void add_group(Tape& tape, std::size_t g, const float* dy, std::int64_t n, std::int64_t length,
                   std::int64_t c) {
        float* dw = tape.gradients().of(*groups.at[g].tokens);
        const bool wanted = groups.slots[g].wanted();
        Tensor de = wanted ? Tensor::zeros({samples, c}, DType::f32, &pool) : Tensor();
        for (std::int64_t s = 0; s < samples; ++s)
            for (std::int64_t i = 0; i < n; ++i) {
                const float* row = dy + (s * length + i) * c;
                for (std::int64_t j = 0; j < c; ++j) dw[i * c + j] += row[j];
                if (!wanted) continue;
                float* sum = de.f32() + s * c;
                for (std::int64_t j = 0; j < c; ++j) sum[j] += row[j];
            }
        if (wanted) tape.add_gradient(groups.slots[g], std::move(de));
    }
};

struct WithoutTokensRecord {
    Pool& pool;
    std::int64_t samples, tokens, first, c;
    GradSlot y_slot, out_slot;

    void operator()(Tape& tape) {
        const Tensor d = tape.take_gradient_f32(out_slot, pool);
        if (d.empty() || !y_slot.wanted()) return;
        Tensor dy = Tensor::zeros({samples * tokens, c}, DType::f32, &pool);
        copy_samples(dy.f32() + first * c, tokens, d.f32(), tokens - first, samples, tokens - first, c);
        tape.add_gradient(y_slot, std::move(dy));
    }
};

Groups gathered(std::span<const TokenGroup> groups, std::int64_t samples, std::int64_t c) {
    check(groups.size() <= kMostGroups, "[with_tokens] at most {} groups, got {}", kMostGroups,
          groups.size());
    Groups out;
    for (const TokenGroup& group : groups) {
        check(group.tokens->shape.rank() == 2 && group.tokens->shape[1] == c &&
                  group.embedding->rows() == samples && group.embedding->cols() == c,
              "[with_tokens] {} {} and its embedding {} do not fit {} samples of {} columns",
              group.tokens->name, group.tokens->shape, group.embedding->value.shape(), samples, c);
        out.at[out.count] = group;
        out.slots[out.count++] = group.embedding->slot;
        out.learnt += group.tokens->shape[0];
    }
    return out;
}

}  // namespace

Dual with_tokens(const Context& context, std::span<const TokenGroup> groups, const Dual& x) {
    check(!groups.empty() && groups[0].embedding->rows() > 0, "[with_tokens] wants at least one group");
    const std::int64_t samples = groups[0].embedding->rows(), c = x.cols(), patches = x.rows() / samples;
    const Groups own = gathered(groups, samples, c);
    const std::int64_t length = own.learnt + patches;
    Dual y(context.make({samples * length, c}));
    copy_samples(y.value.f32() + own.learnt * c, length, x.value.f32(), patches, samples, patches, c);
    std::int64_t moving = x.tangent_rows() / std::max<std::int64_t>(1, patches);
    for (const TokenGroup& group : groups) moving = std::max(moving, group.embedding->tangent_rows());
    if (moving > 0) {
        y.tangent = Tensor::zeros({moving * length, c}, DType::f32, &context.pool);
        const std::int64_t n = x.tangent_rows() / patches;
        if (n > 0)
            copy_samples(y.tangent.f32() + ((moving - n) * length + own.learnt) * c, length, x.tangent.f32(),
                         patches, n, patches, c);
    }
    std::int64_t at = 0;
    for (const TokenGroup& group : groups) {
        const std::int64_t n = group.tokens->shape[0], m = group.embedding->tangent_rows();
        const float *w = group.tokens->value.f32(), *e = group.embedding->value.f32();
        for (std::int64_t s = 0; s < samples; ++s)
            for (std::int64_t i = 0; i < n; ++i) {
                float* to = y.value.f32() + (s * length + at + i) * c;
                for (std::int64_t j = 0; j < c; ++j) to[j] = w[i * c + j] + e[s * c + j];
            }
        for (std::int64_t s = 0; s < m; ++s)
            for (std::int64_t i = 0; i < n; ++i)
                std::copy_n(group.embedding->tangent.f32() + s * c, c,
                            y.tangent.f32() + ((moving - m + s) * length + at + i) * c);
        at += n;
    }
    if (context.tape != nullptr) {
        y.slot = context.tape->new_slot();
        context.tape->record(
            WithTokensRecord{context.pool, own, Shape{x.rows(), c}, samples, x.slot, y.slot});
    }
    return y;
}

Dual without_tokens(const Context& context, const Dual& y, std::int64_t tokens, std::int64_t first) {
    check(first >= 0 && first < tokens && y.rows() % tokens == 0,
          "[without_tokens] {} does not hold sequences of {}", y.value.shape(), tokens);
    const std::int64_t samples = y.rows() / tokens, kept = tokens - first, c = y.cols();
    const std::int64_t moving = y.tangent_rows() / tokens;
    Dual out(context.make({samples * kept, c}));
    copy_samples(out.value.f32(), kept, y.value.f32() + first * c, tokens, samples, kept, c);
    if (moving > 0) {
        out.tangent = context.make({moving * kept, c});
        copy_samples(out.tangent.f32(), kept, y.tangent.f32() + first * c, tokens, moving, kept, c);
    }
    if (context.tape != nullptr && y.slot.wanted()) {
        out.slot = context.tape->new_slot();
        context.tape->record(WithoutTokensRecord{context.pool, samples, tokens, first, c, y.slot, out.slot});
    }
    return out;
}

}  // namespace mf
