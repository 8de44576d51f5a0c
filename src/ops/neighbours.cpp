// SPDX-License-Identifier: MIT
#include "ops/neighbours.hpp"

namespace mf {
namespace {

Tensor gathered(const Context& context, const Tensor& x, const PlaceGrid& grid) {
    Tensor y = context.make({x.rows(), 9 * grid.channels}, x.dtype());
    context.device.neighbours(y, x, grid);
    return y;
}

struct NeighboursRecord {
    Device& device;
    Pool& pool;
    PlaceGrid grid;
    std::int64_t rows;
    GradSlot x_slot, y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty() || !x_slot.wanted()) return;
        Tensor dx({rows, grid.channels}, DType::f32, &pool);
        device.neighbours_adjoint(dx, dy, grid);
        tape.add_gradient(x_slot, std::move(dx));
    }
};

}  // namespace

Dual neighbours(const Context& context, const Dual& x, std::int64_t height, std::int64_t width) {
    const PlaceGrid grid{height, width, x.cols()};
    check(height > 0 && width > 0 && x.rows() % grid.places() == 0 && x.tangent_rows() % grid.places() == 0,
          "[neighbours] x {} does not hold grids of {} x {}", x.value.shape(), height, width);
    Dual y(gathered(context, x.value, grid));
    if (!x.tangent.empty()) y.tangent = gathered(context, x.tangent, grid);
    if (context.tape != nullptr && x.slot.wanted()) {
        y.slot = context.tape->new_slot();
        context.tape->record(NeighboursRecord{context.device, context.pool, grid, x.rows(), x.slot, y.slot});
    }
    return y;
}

}  // namespace mf
