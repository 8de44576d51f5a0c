// SPDX-License-Identifier: MIT
#include "ops/layer_norm.hpp"

#include <cmath>

#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/layer_norm.hpp"

namespace mf {
namespace {

struct LayerNormRecord {
    Team& team;
    Pool& pool;
    Tensor n, s;
    GradSlot x_slot, y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty() || !x_slot.wanted()) return;
        Tensor dx(n.shape(), DType::f32, &pool);
        cpu::layer_norm_slope(team, dx, dy.f32(), n.f32(), s.f32());
        tape.add_gradient(x_slot, std::move(dx));
    }
};

}  // namespace

Dual layer_norm(const Context& context, const Dual& x, float eps) {
    Tensor s = context.make({x.rows()});
    Dual y(context.make(x.value.shape()));
    cpu::layer_norm(cpu::team_of(context.device), y.value, s, x.value, eps);
    if (!x.tangent.empty()) {
        // The Jacobian is symmetric: the tangent is the same map as the adjoint.
        const std::int64_t still = x.tangent_begin();
        y.tangent = context.make(x.tangent.shape());
        cpu::layer_norm_slope(cpu::team_of(context.device), y.tangent, x.tangent.f32(),
                              y.value.f32() + still * x.cols(), s.f32() + still);
    }
    if (context.tape != nullptr && x.slot.wanted()) {
        y.slot = context.tape->new_slot();
        context.tape->record(LayerNormRecord{cpu::team_of(context.device), context.pool, y.value,
                                             std::move(s), x.slot, y.slot});
    }
    return y;
}

}  // namespace mf
