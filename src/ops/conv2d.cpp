// SPDX-License-Identifier: MIT
#include "ops/conv2d.hpp"

#include "ops/as_type.hpp"
#include "ops/conv_size.hpp"

namespace mf {
namespace {

/// y = x * w + b, by the direct convolution or, where a pixel is mapped by itself, as a linear layer.
Tensor convolved(const Context& context, const Tensor& x, const ConvSize& size, const Param& w, View bias) {
    if (x.empty()) return {};
    const std::int64_t pictures = x.shape()[0];
    Tensor y = context.make({pictures, size.out_height, size.out_width, size.out});
    if (size.is_linear())
        context.device.linear({as_type(context.device, context.pool, x, w.prepared->factors), y, bias}, {},
                              w.weight());
    else
        context.device.convolve(
            {.pictures = pictures, .size = size, .x = x, .y = y, .bias = bias, .residual = {}}, w.weight(),
            context.pool);
    return y;
}

struct ConvRecord {
    Device& device;
    Pool& pool;
    Tensor x;
    GradSlot x_slot, y_slot;
    ConvSize size;
    const Param& w;
    const Param* b;

    void operator()(Tape& tape) {
        Tensor dy = tape.take_gradient(y_slot);
        if (dy.empty()) return;
        dy = dy.reshaped({x.shape()[0], size.out_height, size.out_width, size.out});
        if (b != nullptr) device.add_column_sums(tape.gradients().into(*b), dy);
        const DType packed = w.prepared->factors;
        const std::int64_t pictures = x.shape()[0];
        const Into dw = tape.gradients().into(w);
        if (size.is_linear())
            device.weight_gradient(dw, as_type(device, pool, dy, packed), as_type(device, pool, x, packed),
                                   pool);
        else
            device.kernel_gradient(dw, as_type(device, pool, dy, DType::f32), x, pictures, size, pool);
        if (!x_slot.wanted()) return;
        Tensor dx(x.shape(), DType::f32, &pool);
        device.convolve_adjoint(dx, dy, pictures, size, w.weight(), pool);
        tape.add_gradient(x_slot, std::move(dx));
    }
};

}  // namespace

Dual conv2d(const Context& context, const Dual& x, const Param& w, const Param* b,
            const ConvGeometry& geometry) {
    const ConvSize size = size_of_conv(x.value, w, b, geometry);
    check(w.is_kernel, "[conv2d] {} was not added as a kernel", w.name);
    check(w.prepared != nullptr, "[conv2d] {} is not packed; call ParamStore::repack", w.name);
    Dual y(convolved(context, x.value, size, w, b != nullptr ? View(b->value) : View()));
    y.tangent = convolved(context, x.tangent, size, w, {});
    if (context.tape != nullptr) {
        y.slot = context.tape->new_slot();
        context.tape->record(ConvRecord{context.device, context.pool, x.value, x.slot, y.slot, size, w, b});
    }
    return y;
}

}  // namespace mf
