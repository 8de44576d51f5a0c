// SPDX-License-Identifier: MIT
#include "ops/max_pool.hpp"

#include "ops/as_type.hpp"

namespace mf {
namespace {

struct MaxPoolRecord {
    Device& device;
    Pool& pool;
    Tensor places;
    Shape x_shape;
    PoolWindows windows;
    GradSlot x_slot, y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty() || !x_slot.wanted()) return;
        Tensor dx(x_shape, DType::f32, &pool);
        device.max_pool_adjoint(dx, dy, places, windows);
        tape.add_gradient(x_slot, std::move(dx));
    }
};

}  // namespace

Dual max_pool(const Context& context, const Dual& x, const PoolGeometry& geometry) {
    const Shape& shape = x.value.shape();
    geometry.check_fits("max_pool", shape);
    const PoolWindows w{.kernel = geometry.kernel,
                        .stride = geometry.stride,
                        .padding = geometry.padding,
                        .height = shape[1],
                        .width = shape[2],
                        .channels = shape[3],
                        .out_height = geometry.windows(shape[1]),
                        .out_width = geometry.windows(shape[2])};
    const std::int64_t pictures = shape[0], out_pixels = w.out_height * w.out_width;
    const bool taped = context.tape != nullptr && x.slot.wanted();
    Dual y(context.make({pictures, w.out_height, w.out_width, w.channels}));
    Tensor places;
    if (taped || !x.tangent.empty()) places = context.make(y.value.shape(), DType::i32);
    context.device.max_pool(y.value, places, as_type(context.device, context.pool, x.value, DType::f32), w);
    if (!x.tangent.empty()) {
        const std::int64_t moving = x.tangent.shape()[0];
        const Tensor d = as_type(context.device, context.pool, x.tangent, DType::f32);
        y.tangent = context.make({moving, w.out_height, w.out_width, w.channels});
        context.device.max_pool_chosen(
            y.tangent, d, places.row_range((pictures - moving) * out_pixels, pictures * out_pixels), w);
    }
    if (taped) {
        y.slot = context.tape->new_slot();
        context.tape->record(
            MaxPoolRecord{context.device, context.pool, std::move(places), shape, w, x.slot, y.slot});
    }
    return y;
}

}  // namespace mf
