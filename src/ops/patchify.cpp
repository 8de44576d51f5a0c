// SPDX-License-Identifier: MIT
#include "ops/patchify.hpp"

namespace mf {
namespace {

struct PermuteRecord {
    Device& device;
    Pool& pool;
    PatchGrid grid;
    Shape x_shape;
    PatchEntries entries;
    bool back;  ///< of the forward pass
    GradSlot x_slot, y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty() || !x_slot.wanted()) return;
        Tensor dx(x_shape, DType::f32, &pool);
        device.patches(dx, dy, grid, entries, !back);
        tape.add_gradient(x_slot, std::move(dx));
    }
};

Dual permuted(const Context& context, const Dual& x, const PatchGrid& grid, PatchEntries entries, bool back) {
    const std::int64_t samples = x.value.count() / grid.pixels();
    const auto shape_of = [&](std::int64_t n) {
        return back ? Shape{n, grid.pixels()} : Shape{n * grid.count(), grid.entries()};
    };
    Dual y(context.make(shape_of(samples)));
    context.device.patches(y.value, x.value, grid, entries, back);
    if (!x.tangent.empty()) {
        check(x.tangent.count() % grid.pixels() == 0, "[patchify] a tangent {} ends inside a sample",
              x.tangent.shape());
        y.tangent = context.make(shape_of(x.tangent.count() / grid.pixels()));
        context.device.patches(y.tangent, x.tangent, grid, entries, back);
    }
    if (context.tape != nullptr && x.slot.wanted()) {
        y.slot = context.tape->new_slot();
        context.tape->record(PermuteRecord{context.device, context.pool, grid, x.value.shape(), entries, back,
                                           x.slot, y.slot});
    }
    return y;
}

}  // namespace

Dual patchify(const Context& context, const Dual& x, const PatchGrid& grid) {
    check(x.cols() == grid.pixels(), "[patchify] x must be (samples, {} * {} * {}) but is {}", grid.height,
          grid.width, grid.channels, x.value.shape());
    return permuted(context, x, grid, PatchEntries::channel_first, false);
}

Dual unpatchify(const Context& context, const Dual& y, const PatchGrid& grid) {
    check(y.cols() == grid.entries() && y.rows() % grid.count() == 0,
          "[unpatchify] y must be (samples * {}, {}) but is {}", grid.count(), grid.entries(),
          y.value.shape());
    return permuted(context, y, grid, PatchEntries::channel_last, true);
}

}  // namespace mf
