// SPDX-License-Identifier: MIT
#include "ops/pointwise.hpp"

namespace mf {
namespace {

struct PointwiseRecord {
    Device& device;
    Pool& pool;
    Tensor slope;
    GradSlot x_slot, y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient(y_slot);
        if (dy.empty() || !x_slot.wanted()) return;
        // In the slope's type: what the layer below feeds to GEMM.
        Tensor dx(dy.shape(), slope.dtype(), &pool);
        device.multiply_by_slope(dx, dy, slope);
        tape.add_gradient(x_slot, std::move(dx));
    }
};

}  // namespace

Pointwise pointwise_by_name(const std::string& name) {
    std::string known;
    for (const PointwiseName& each : pointwise_names()) {
        if (each.name == name) return each.function;
        known += (known.empty() ? "" : ", ") + each.name;
    }
    throw UsageError(fmt::format("activation '{}' is not known; there are {}", name, known));
}

Dual pointwise(const Context& context, Pointwise function, const Dual& x) {
    const DType dtype = context.operand();
    const bool taped = context.tape != nullptr && x.slot.wanted();
    Dual y(context.make(x.value.shape(), dtype));
    if (!x.tangent.empty()) y.tangent = context.make(x.tangent.shape(), dtype);
    Tensor slope = taped ? context.make(x.value.shape(), dtype) : Tensor();
    context.device.pointwise(function, {x.value, x.tangent, y.value, y.tangent, slope});
    if (taped) {
        y.slot = context.tape->new_slot();
        context.tape->record(PointwiseRecord{context.device, context.pool, std::move(slope), x.slot, y.slot});
    }
    return y;
}

}  // namespace mf
