// SPDX-License-Identifier: MIT
#include "ops/linear.hpp"

#include "ops/cpu/byte_gemm.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/elementwise.hpp"
#include "ops/cpu/gemm.hpp"

namespace mf {
namespace {

/// Everything that backward needs: the input's value, and where the gradients go.
struct LinearRecord {
    Team& team;
    Pool& pool;
    Tensor x;
    GradSlot x_slot, y_slot;
    const Param& w;
    const Param* b;

    void operator()(Tape& tape) {
        Tensor dy = tape.take_gradient(y_slot);
        if (dy.empty()) return;
        dy = dy.reshaped({x.rows(), w.shape[0]});
        if (b != nullptr) cpu::add_column_sums(tape.gradients().of(*b), dy);
        const Tensor factor = cpu::as_type(team, pool, dy, x.dtype());
        cpu::accumulate_outer(team, tape.gradients().of(w), factor, x, pool);
        if (!x_slot.wanted()) return;
        const std::int64_t n = w.shape[0], k = x.cols();
        const DType packed = w.panels.data.empty() ? DType::f32 : w.panels.data.dtype();
        const Tensor left = packed == factor.dtype() ? factor : cpu::as_type(team, pool, dy, packed);
        // Where another layer has left its part already (q, k and v of one input), the product is added to it at once.
        Tensor dx = tape.take_gradient(x_slot);
        const bool add = !dx.empty() && dx.dtype() == DType::f32 && dx.unique();
        Tensor own = add ? dx.reshaped(x.shape()) : Tensor(x.shape(), DType::f32, &pool);
        cpu::multiply(team, pool, {&left, &own, nullptr, add}, {w.value.f32(), n, k, k, 1}, packed);
        if (!add && !dx.empty()) tape.add_gradient(x_slot, std::move(dx));
        tape.add_gradient(x_slot, std::move(own));
    }
};

Dual of_bytes(const Context& context, const Dual& x, const Param& w, const Param* b) {
    check(context.tape == nullptr && x.tangent.empty(), "[linear] {} has 8 bits, which are for sampling only",
          w.name);
    Dual y(context.make({x.rows(), w.shape[0]}));
    cpu::multiply(cpu::team_of(context.device),
                  cpu::quantised(cpu::team_of(context.device), context.pool, x.value), y.value,
                  b != nullptr ? b->value.f32() : nullptr, *w.bytes);
    return y;
}

}  // namespace

Dual linear(const Context& context, const Dual& x, const Param& w, const Param* b) {
    const std::int64_t n = w.shape[0], k = w.shape.count() / n;
    check(x.cols() == k, "[linear] x must be (rows, {}) for {} ({}, {}) but is {}", k, w.name, n, k,
          x.value.shape());
    check(b == nullptr || b->shape.count() == n, "[linear] the bias of {} must have {} elements", w.name, n);
    if (w.bytes != nullptr) return of_bytes(context, x, w, b);
    const bool narrow = n <= cpu::kNarrow;
    check(narrow || !w.panels.data.empty(), "[linear] {} is not packed for this; call ParamStore::repack",
          w.name);
    const DType operand = narrow ? x.value.dtype() : w.panels.data.dtype();
    const Tensor value = cpu::as_type(cpu::team_of(context.device), context.pool, x.value, operand);
    const Tensor tangent = cpu::as_type(cpu::team_of(context.device), context.pool, x.tangent, operand);
    const float* bias = b != nullptr ? b->value.f32() : nullptr;

    Dual y(context.make({x.rows(), n}));
    if (!tangent.empty()) y.tangent = context.make({tangent.rows(), n});
    const cpu::RowProduct value_rows{&value, &y.value, bias}, tangent_rows{&tangent, &y.tangent, nullptr};
    if (narrow) {
        cpu::multiply_narrow(cpu::team_of(context.device), value_rows, w.value.f32(), n, k);
        cpu::multiply_narrow(cpu::team_of(context.device), tangent_rows, w.value.f32(), n, k);
    } else {
        cpu::multiply(cpu::team_of(context.device), value_rows, tangent_rows, w.panels);
    }
    if (context.tape != nullptr) {
        y.slot = context.tape->new_slot();
        context.tape->record(
            LinearRecord{cpu::team_of(context.device), context.pool, value, x.slot, y.slot, w, b});
    }
    return y;
}

}  // namespace mf
