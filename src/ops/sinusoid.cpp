// SPDX-License-Identifier: MIT
#include "ops/sinusoid.hpp"

namespace mf {
namespace {

struct SinusoidRecord {
    Device& device;
    Pool& pool;
    Tensor y;  // holds both functions
    double period;
    GradSlot s_slot, y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty() || !s_slot.wanted()) return;
        Tensor ds(Shape{y.rows(), 1}, DType::f32, &pool);
        device.sinusoid_adjoint(ds, dy, y, period);
        tape.add_gradient(s_slot, std::move(ds));
    }
};

}  // namespace

Dual sinusoid(const Context& context, const Dual& s, std::int64_t features, double period) {
    check(s.cols() == 1 && features % 2 == 0, "[sinusoid] s must be (rows, 1) but is {}; {} features",
          s.value.shape(), features);
    Dual y(context.make({s.rows(), features}));
    if (s.tangent_rows() > 0) y.tangent = context.make({s.tangent_rows(), features});
    context.device.sinusoid(y.value, y.tangent, s.value, s.tangent, period);
    if (context.tape != nullptr && s.slot.wanted()) {
        y.slot = context.tape->new_slot();
        context.tape->record(SinusoidRecord{context.device, context.pool, y.value, period, s.slot, y.slot});
    }
    return y;
}

}  // namespace mf
