// SPDX-License-Identifier: MIT
#include "ops/separable.hpp"

#include "ops/as_type.hpp"

namespace mf {
namespace {

Tensor apply(const Context& context, const Tensor& x, const Axis& rows, const Axis& cols) {
    Tensor y = context.make({x.shape()[0], rows.out, cols.out, x.shape()[3]});
    const auto entries = [&](const Axis& axis, const Tensor& first, const Tensor& index,
                             const Tensor& weight) {
        return SparseRows{axis.in, axis.out, first, index, weight};
    };
    const Tensor row_first = context.on_device(rows.first), row_index = context.on_device(rows.index),
                 row_weight = context.on_device(rows.weight), col_first = context.on_device(cols.first),
                 col_index = context.on_device(cols.index), col_weight = context.on_device(cols.weight);
    context.device.separable(y, x, entries(rows, row_first, row_index, row_weight),
                             entries(cols, col_first, col_index, col_weight));
    return y;
}

struct SeparableRecord {
    Context context;
    Axis rows, cols;
    Shape y_shape;
    GradSlot x_slot, y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y_slot, context.pool);
        if (dy.empty() || !x_slot.wanted()) return;
        tape.add_gradient(
            x_slot, apply(context, dy.reshaped(y_shape), rows.transposed(context), cols.transposed(context)));
    }
};

}  // namespace

Axis Axis::transposed(const Context& context) const {
    const std::int32_t entries = firsts()[out];
    Axis t{out, in, context.make_host({in + 1}, DType::i32),
           context.make_host({std::max(entries, 1)}, DType::i32), context.make_host({std::max(entries, 1)})};
    std::int32_t* const start = t.firsts();
    std::fill_n(start, in + 1, 0);
    for (std::int32_t e = 0; e < entries; ++e) ++start[indices()[e] + 1];
    for (std::int64_t k = 0; k < in; ++k) start[k + 1] += start[k];
    // Each start moves on to its row's end while the entries are put down, and back afterwards.
    for (std::int64_t o = 0; o < out; ++o)
        for (std::int32_t e = firsts()[o]; e < firsts()[o + 1]; ++e) {
            const std::int32_t place = start[indices()[e]]++;
            t.indices()[place] = static_cast<std::int32_t>(o);
            t.weight.f32()[place] = weight.f32()[e];
        }
    std::copy_backward(start, start + in, start + in + 1);
    start[0] = 0;
    return t;
}

Dual separable(const Context& context, const Dual& x, Axis rows, Axis cols) {
    const auto applied = [&](const Tensor& t) {
        return t.empty() ? t
                         : apply(context, as_type(context.device, context.pool, t, DType::f32), rows, cols);
    };
    Dual y(applied(x.value));
    y.tangent = applied(x.tangent);
    if (context.tape != nullptr && x.slot.wanted()) {
        y.slot = context.tape->new_slot();
        context.tape->record(SeparableRecord{context.untaped(), std::move(rows), std::move(cols),
                                             y.value.shape(), x.slot, y.slot});
    }
    return y;
}

}  // namespace mf
