// SPDX-License-Identifier: MIT
#include "ops/attention.hpp"

#include <algorithm>

#include "ops/as_type.hpp"

namespace mf {
namespace {

struct AttentionRecord {
    Device& device;
    Pool& pool;
    AttentionSizes sizes;
    Tensor q, k, v, o, log_sums;
    GradSlot q_slot, k_slot, v_slot, y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty()) return;
        Tensor dq(q.shape(), DType::f32, &pool), dk(q.shape(), DType::f32, &pool),
            dv(q.shape(), DType::f32, &pool);
        device.attention_adjoint(sizes, {q, k, v, o, log_sums, dy, dq, dk, dv}, pool);
        tape.add_gradient(q_slot, std::move(dq));
        tape.add_gradient(k_slot, std::move(dk));
        tape.add_gradient(v_slot, std::move(dv));
    }
};

}  // namespace

Dual attention(const Context& context, const Dual& q_in, const Dual& k_in, const Dual& v_in,
               std::int64_t heads, std::int64_t tokens) {
    const std::int64_t c = q_in.cols();
    const DType inner = c / heads % 2 == 0 ? context.operand() : DType::f32;
    const auto operand = [&](const Dual& x) {
        return Dual(as_type(context.device, context.pool, x.value, inner),
                    as_type(context.device, context.pool, x.tangent, inner), x.slot);
    };
    const Dual q = operand(q_in), k = operand(k_in), v = operand(v_in);
    check(q.value.shape() == k.value.shape() && q.value.shape() == v.value.shape(),
          "[attention] q {}, k {} and v {} must have one shape", q.value.shape(), k.value.shape(),
          v.value.shape());
    check(c % heads == 0 && q.rows() % tokens == 0,
          "[attention] q {} does not hold {} heads and sequences of {}", q.value.shape(), heads, tokens);
    const AttentionSizes sizes{q.rows() / tokens, tokens, heads, c / heads};
    const bool taped = context.tape != nullptr && (q.slot.wanted() || k.slot.wanted() || v.slot.wanted());

    Dual y(context.make(q.value.shape(), context.operand()));
    Tensor log_sums = taped ? context.make({sizes.samples * heads, tokens}) : Tensor();
    const std::int64_t n = std::max({q.tangent_rows(), k.tangent_rows(), v.tangent_rows()});
    check(n % tokens == 0, "[attention] a tangent of {} rows ends inside a sequence of {}", n, tokens);
    if (n > 0) y.tangent = context.make({n, c}, context.operand());
    context.device.attention(
        sizes, {q.value, k.value, v.value, q.tangent, k.tangent, v.tangent, y.value, y.tangent, log_sums},
        context.pool);
    if (taped) {
        y.slot = context.tape->new_slot();
        context.tape->record(AttentionRecord{context.device, context.pool, sizes, q.value, k.value, v.value,
                                             y.value, std::move(log_sums), q.slot, k.slot, v.slot, y.slot});
    }
    return y;
}

}  // namespace mf
