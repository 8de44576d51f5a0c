// SPDX-License-Identifier: MIT
#include "ops/layer_norm.hpp"

namespace mf {
namespace {

struct LayerNormRecord {
    Device& device;
    Pool& pool;
    Tensor n, s;
    GradSlot x_slot, y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty() || !x_slot.wanted()) return;
        Tensor dx(n.shape(), DType::f32, &pool);
        device.layer_norm_slope(dx, dy, n, s);
        tape.add_gradient(x_slot, std::move(dx));
    }
};

}  // namespace

Dual layer_norm(const Context& context, const Dual& x, float eps) {
    Tensor s = context.make({x.rows()});
    Dual y(context.make(x.value.shape()));
    context.device.layer_norm(y.value, s, x.value, eps);
    if (!x.tangent.empty()) {
        // The Jacobian is symmetric: the tangent is the same map as the adjoint.
        const std::int64_t still = x.tangent_begin();
        y.tangent = context.make(x.tangent.shape());
        const Tensor n = y.value.reshaped({x.rows(), x.cols()}).row_range(still, x.rows()),
                     scales = s.reshaped({x.rows(), 1}).row_range(still, x.rows());
        context.device.layer_norm_slope(y.tangent, x.tangent, n, scales);
    }
    if (context.tape != nullptr && x.slot.wanted()) {
        y.slot = context.tape->new_slot();
        context.tape->record(
            LayerNormRecord{context.device, context.pool, y.value, std::move(s), x.slot, y.slot});
    }
    return y;
}

}  // namespace mf
