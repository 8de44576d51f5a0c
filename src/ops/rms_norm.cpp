// SPDX-License-Identifier: MIT
#include "ops/rms_norm.hpp"

namespace mf {
namespace {

struct RmsNormRecord {
    Device& device;
    Pool& pool;
    Tensor x, s;
    const Param& g;
    GradSlot x_slot, y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty()) return;
        Tensor dx = x_slot.wanted() ? Tensor(x.shape(), DType::f32, &pool) : Tensor();
        device.rms_norm_adjoint(dx, tape.gradients().into(g), dy, x, s, g.value);
        if (!dx.empty()) tape.add_gradient(x_slot, std::move(dx));
    }
};

}  // namespace

Dual rms_norm(const Context& context, const Dual& x, const Param& g, DType out, float eps) {
    const std::int64_t c = g.shape.count();
    check(x.cols() % c == 0, "[rms_norm] {} has {} elements, which do not divide the columns of x {}", g.name,
          c, x.value.shape());
    const std::int64_t groups = x.value.count() / c;
    Tensor s = context.make({groups});
    Dual y(context.make(x.value.shape(), out));
    context.device.rms_norm(y.value, s, x.value, g.value, eps);
    if (!x.tangent.empty()) {
        y.tangent = context.make(x.tangent.shape(), out);
        const std::int64_t still = groups - x.tangent.count() / c;
        const Tensor moving = x.value.reshaped({groups, c}).row_range(still, groups),
                     scales = s.reshaped({groups, 1}).row_range(still, groups);
        context.device.rms_norm_tangent(y.tangent, moving, x.tangent, scales, g.value);
    }
    if (context.tape != nullptr) {
        y.slot = context.tape->new_slot();
        context.tape->record(
            RmsNormRecord{context.device, context.pool, x.value, std::move(s), g, x.slot, y.slot});
    }
    return y;
}

}  // namespace mf
