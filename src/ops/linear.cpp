// SPDX-License-Identifier: MIT
#include "ops/linear.hpp"

#include "ops/as_type.hpp"

namespace mf {
namespace {

/// Everything that backward needs: the input's value, and where the gradients go.
struct LinearRecord {
    Device& device;
    Pool& pool;
    Tensor x;
    GradSlot x_slot, y_slot;
    const Param& w;
    const Param* b;

    void operator()(Tape& tape) {
        Tensor dy = tape.take_gradient(y_slot);
        if (dy.empty()) return;
        dy = dy.reshaped({x.rows(), w.shape[0]});
        if (b != nullptr) device.add_column_sums(tape.gradients().into(*b), dy);
        const Tensor factor = as_type(device, pool, dy, x.dtype());
        device.weight_gradient(tape.gradients().into(w), factor, x, pool);
        if (!x_slot.wanted()) return;
        const Weight weight = w.weight();
        const DType packed = weight.factors();
        const Tensor left = packed == factor.dtype() ? factor : as_type(device, pool, dy, packed);
        // Where another layer has left its part already (q, k and v of one input), the product is added to it at once.
        Tensor dx = tape.take_gradient(x_slot);
        const bool add = !dx.empty() && dx.dtype() == DType::f32 && dx.unique();
        Tensor own = add ? dx.reshaped(x.shape()) : Tensor(x.shape(), DType::f32, &pool);
        device.linear_adjoint(own, left, weight, add, pool);
        if (!add && !dx.empty()) tape.add_gradient(x_slot, std::move(dx));
        tape.add_gradient(x_slot, std::move(own));
    }
};

}  // namespace

Dual linear(const Context& context, const Dual& x, const Param& w, const Param* b) {
    const std::int64_t n = w.shape[0], k = w.shape.count() / n;
    check(x.cols() == k, "[linear] x must be (rows, {}) for {} ({}, {}) but is {}", k, w.name, n, k,
          x.value.shape());
    check(b == nullptr || b->shape.count() == n, "[linear] the bias of {} must have {} elements", w.name, n);
    const Weight weight = w.weight();
    const View bias = b != nullptr ? View(b->value) : View();
    Dual y(context.make({x.rows(), n}));
    if (!w.scales.empty()) {
        check(context.tape == nullptr && x.tangent.empty(),
              "[linear] {} has 8 bits, which are for sampling only", w.name);
        context.device.linear_of_bytes(y.value, x.value, bias, weight, context.pool);
        return y;
    }
    const bool plain = !context.device.prepares(n);
    check(plain || weight.prepared != nullptr, "[linear] {} is not packed for this; call ParamStore::repack",
          w.name);
    const auto operand = [&](const Tensor& t) {
        return plain ? t : as_type(context.device, context.pool, t, weight.factors());
    };
    const Tensor value = operand(x.value), tangent = operand(x.tangent);
    if (!tangent.empty()) y.tangent = context.make({tangent.rows(), n});
    context.device.linear({value, y.value, bias}, {tangent, y.tangent, {}}, weight);
    if (context.tape != nullptr) {
        y.slot = context.tape->new_slot();
        context.tape->record(LinearRecord{context.device, context.pool, value, x.slot, y.slot, w, b});
    }
    return y;
}

}  // namespace mf
