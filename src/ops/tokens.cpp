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

struct WithTokensRecord {
    Device& device;
    Pool& pool;
    Groups groups;
    Shape x_shape;
    std::int64_t samples;
    GradSlot x_slot, y_slot;

    void operator()(Tape& tape) {
        Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty()) return;
        const std::int64_t c = x_shape[1], patches = x_shape[0] / samples, length = groups.learnt + patches;
        dy = dy.reshaped({samples * length, c});
        std::int64_t at = 0;
        for (std::size_t g = 0; g < groups.count; ++g) {
            const std::int64_t n = groups.at[g].tokens->shape[0];
            add_group(tape, g, dy, {at, n, length});
            at += n;
        }
        if (!x_slot.wanted()) return;
        Tensor dx(x_shape, DType::f32, &pool);
        device.copy_runs(dx, {0, patches * c}, dy, {at * c, length * c}, samples, patches * c);
        tape.add_gradient(x_slot, std::move(dx));
    }

    void add_group(Tape& tape, std::size_t g, const Tensor& dy, TokenRange range) {
        const bool wanted = groups.slots[g].wanted();
        Tensor de = wanted ? Tensor({samples, x_shape[1]}, DType::f32, &pool) : Tensor();
        device.put_tokens_adjoint(tape.gradients().into(*groups.at[g].tokens), de, dy, range);
        if (wanted) tape.add_gradient(groups.slots[g], std::move(de));
    }
};

struct WithoutTokensRecord {
    Device& device;
    Pool& pool;
    std::int64_t samples, tokens, first, c;
    GradSlot y_slot, out_slot;

    void operator()(Tape& tape) {
        const Tensor d = tape.take_gradient_f32(out_slot, pool);
        if (d.empty() || !y_slot.wanted()) return;
        Tensor dy = Tensor::zeros({samples * tokens, c}, DType::f32, &pool);
        const std::int64_t kept = (tokens - first) * c;
        device.copy_runs(dy, {first * c, tokens * c}, d, {0, kept}, samples, kept);
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
    const auto copy_patches = [&](Tensor& to, const Tensor& from, std::int64_t count, std::int64_t above) {
        context.device.copy_runs(to, {(above * length + own.learnt) * c, length * c}, from, {0, patches * c},
                                 count, patches * c);
    };
    copy_patches(y.value, x.value, samples, 0);
    std::int64_t moving = x.tangent_rows() / std::max<std::int64_t>(1, patches);
    for (const TokenGroup& group : groups) moving = std::max(moving, group.embedding->tangent_rows());
    if (moving > 0) {
        y.tangent = Tensor::zeros({moving * length, c}, DType::f32, &context.pool);
        const std::int64_t n = x.tangent_rows() / patches;
        if (n > 0) copy_patches(y.tangent, x.tangent, n, moving - n);
    }
    std::int64_t at = 0;
    for (const TokenGroup& group : groups) {
        const std::int64_t n = group.tokens->shape[0], m = group.embedding->tangent_rows();
        context.device.put_tokens(y.value, {at, n, length}, group.tokens->value, group.embedding->value);
        if (m > 0) {
            Tensor last = y.tangent.row_range((moving - m) * length, moving * length);
            context.device.put_tokens(last, {at, n, length}, {}, group.embedding->tangent);
        }
        at += n;
    }
    if (context.tape != nullptr) {
        y.slot = context.tape->new_slot();
        context.tape->record(
            WithTokensRecord{context.device, context.pool, own, Shape{x.rows(), c}, samples, x.slot, y.slot});
    }
    return y;
}

Dual without_tokens(const Context& context, const Dual& y, std::int64_t tokens, std::int64_t first) {
    check(first >= 0 && first < tokens && y.rows() % tokens == 0,
          "[without_tokens] {} does not hold sequences of {}", y.value.shape(), tokens);
    const std::int64_t samples = y.rows() / tokens, kept = tokens - first, c = y.cols();
    const std::int64_t moving = y.tangent_rows() / tokens;
    Dual out(context.make({samples * kept, c}));
    const auto copy_kept = [&](Tensor& to, const Tensor& from, std::int64_t count) {
        context.device.copy_runs(to, {0, kept * c}, from, {first * c, tokens * c}, count, kept * c);
    };
    copy_kept(out.value, y.value, samples);
    if (moving > 0) {
        out.tangent = context.make({moving * kept, c});
        copy_kept(out.tangent, y.tangent, moving);
    }
    if (context.tape != nullptr && y.slot.wanted()) {
        out.slot = context.tape->new_slot();
        context.tape->record(
            WithoutTokensRecord{context.device, context.pool, samples, tokens, first, c, y.slot, out.slot});
    }
    return out;
}

}  // namespace mf
