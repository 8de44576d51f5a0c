// SPDX-License-Identifier: MIT
#include "ops/rms_norm_rope.hpp"

namespace mf {
namespace {

struct NormRopeRecord {
    Device& device;
    Pool& pool;
    Tensor x, s;
    const Param& g;
    const RopeTable& table;
    GradSlot x_slot, y_slot;

    void operator()(Tape& tape) {
        Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty()) return;
        dy = dy.reshaped({x.rows(), x.cols()});
        device.rope(dy, dy, table.cos, table.sin, -1.0F);
        Tensor dx = x_slot.wanted() ? Tensor(x.shape(), DType::f32, &pool) : Tensor();
        device.rms_norm_adjoint(dx, tape.gradients().into(g), dy, x, s, g.value);
        if (!dx.empty()) tape.add_gradient(x_slot, std::move(dx));
    }
};

}  // namespace

Dual rms_norm_rope(const Context& context, const Dual& x, const Param& g, const RopeTable& table, DType out,
                   float eps) {
    const std::int64_t tokens = table.cos.rows(), d = table.cos.cols();
    check(g.shape.count() == d, "[rms_norm_rope] {} has {} elements, the angles are for {}", g.name,
          g.shape.count(), d);
    check(x.cols() % d == 0 && x.rows() % tokens == 0 && x.tangent_rows() % tokens == 0,
          "[rms_norm_rope] x {} does not hold heads of {} and sequences of {}", x.value.shape(), d, tokens);
    Tensor s = context.make({x.value.count() / d});
    Dual y(context.make(x.value.shape(), out));
    if (!x.tangent.empty()) y.tangent = context.make(x.tangent.shape(), out);
    context.device.rms_norm_rope(
        {x.value, x.tangent, g.value, table.cos, table.sin, s, y.value, y.tangent, eps}, context.pool);
    if (context.tape != nullptr) {
        y.slot = context.tape->new_slot();
        context.tape->record(
            NormRopeRecord{context.device, context.pool, x.value, std::move(s), g, table, x.slot, y.slot});
    }
    return y;
}

}  // namespace mf
