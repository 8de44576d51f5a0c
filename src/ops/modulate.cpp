// SPDX-License-Identifier: MIT
#include "ops/modulate.hpp"

#include <algorithm>

namespace mf {
namespace {

struct ModulateRecord {
    Device& device;
    Pool& pool;
    Tensor x, scale;
    GradSlot x_slot, shift_slot, scale_slot, y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty()) return;
        Tensor dx(x.shape(), DType::f32, &pool), dshift(scale.shape(), DType::f32, &pool),
            dscale(scale.shape(), DType::f32, &pool);
        device.modulate_adjoint(dx, dshift, dscale, dy, x, scale);
        tape.add_gradient(x_slot, std::move(dx));
        tape.add_gradient(scale_slot, std::move(dscale));
        tape.add_gradient(shift_slot, std::move(dshift));
    }
};

}  // namespace

Dual modulate(const Context& context, const Dual& x, const Dual& shift, const Dual& scale) {
    check(scale.rows() > 0 && x.rows() % scale.rows() == 0 && scale.cols() == x.cols() &&
              shift.value.shape() == scale.value.shape(),
          "[modulate] shift {} and scale {} do not fit x {}", shift.value.shape(), scale.value.shape(),
          x.value.shape());
    const std::int64_t tokens = x.rows() / scale.rows();
    Dual y(context.make(x.value.shape(), context.operand()));
    const std::int64_t n =
        std::max({x.tangent_rows(), scale.tangent_rows() * tokens, shift.tangent_rows() * tokens});
    if (n > 0) y.tangent = context.make({n, x.cols()}, context.operand());
    context.device.modulate(
        {x.value, shift.value, scale.value, x.tangent, shift.tangent, scale.tangent, y.value, y.tangent});
    if (context.tape != nullptr) {
        y.slot = context.tape->new_slot();
        context.tape->record(ModulateRecord{context.device, context.pool, x.value, scale.value, x.slot,
                                            shift.slot, scale.slot, y.slot});
    }
    return y;
}

}  // namespace mf
