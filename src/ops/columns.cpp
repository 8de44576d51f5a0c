// SPDX-License-Identifier: MIT
#include "ops/columns.hpp"

namespace mf {
namespace {

Tensor cut(const Context& context, const Tensor& x, std::int64_t begin, std::int64_t end) {
    Tensor out = context.make({x.rows(), end - begin});
    const std::int64_t width = end - begin;
    context.device.copy_runs(out, {0, width}, x, {begin, x.cols()}, x.rows(), width);
    return out;
}

struct ColumnsRecord {
    Device& device;
    Pool& pool;
    Shape x_shape;
    std::int64_t begin;
    GradSlot x_slot, y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty()) return;
        const std::int64_t rows = x_shape[0], cols = x_shape[1], width = dy.count() / rows;
        Tensor dx = Tensor::zeros(x_shape, DType::f32, &pool);
        device.copy_runs(dx, {begin, cols}, dy, {0, width}, rows, width);
        tape.add_gradient(x_slot, std::move(dx));
    }
};

}  // namespace

Dual columns(const Context& context, const Dual& x, std::int64_t begin, std::int64_t end) {
    check(begin >= 0 && begin < end && end <= x.cols(), "[columns] {} to {} of {}", begin, end,
          x.value.shape());
    Dual y(cut(context, x.value, begin, end));
    if (x.tangent_rows() > 0) y.tangent = cut(context, x.tangent, begin, end);
    if (context.tape != nullptr && x.slot.wanted()) {
        y.slot = context.tape->new_slot();
        context.tape->record(
            ColumnsRecord{context.device, context.pool, Shape{x.rows(), x.cols()}, begin, x.slot, y.slot});
    }
    return y;
}

}  // namespace mf
