// SPDX-License-Identifier: MIT
#include "ops/conv2d.hpp"

#include "ops/conv_size.hpp"
#include "ops/cpu/conv.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/elementwise.hpp"
#include "ops/cpu/gemm.hpp"
#include "ops/cpu/prepared.hpp"

namespace mf {
namespace {

/// y = x * w + b, by the direct convolution or, where a pixel is mapped by itself, as a linear layer.
Tensor convolved(const Context& context, const Tensor& x, const cpu::ConvSize& size, const Param& w,
                 const float* bias) {
    if (x.empty()) return {};
    Tensor y = context.make({x.shape()[0], size.out_height, size.out_width, size.out});
    if (size.is_linear()) {
        const Tensor rows = cpu::as_type(cpu::team_of(context.device), context.pool, x, w.prepared->factors);
        cpu::multiply(cpu::team_of(context.device), {&rows, &y, bias}, {}, cpu::panels_of(w.prepared.get()));
    } else {
        cpu::convolve(cpu::team_of(context.device), context.pool, x, y, size,
                      cpu::panels_of(w.prepared.get()), bias);
    }
    return y;
}

struct ConvRecord {
    Device& device;
    Team& team;
    Pool& pool;
    Tensor x;
    GradSlot x_slot, y_slot;
    cpu::ConvSize size;
    const Param& w;
    const Param* b;

    void operator()(Tape& tape) {
        Tensor dy = tape.take_gradient(y_slot);
        if (dy.empty()) return;
        dy = dy.reshaped({x.shape()[0], size.out_height, size.out_width, size.out});
        if (b != nullptr) device.add_column_sums(tape.gradients().into(*b), dy);
        const DType packed = w.prepared->factors;
        if (size.is_linear())
            cpu::accumulate_outer(team, tape.gradients().of(w), cpu::as_type(team, pool, dy, packed),
                                  cpu::as_type(team, pool, x, packed), pool);
        else
            cpu::accumulate_kernel(team, pool, tape.gradients().of(w),
                                   cpu::as_type(team, pool, dy, DType::f32), x, size);
        if (!x_slot.wanted()) return;
        Tensor dx(x.shape(), DType::f32, &pool);
        cpu::convolve_back(team, pool, dy, dx, size, w.value.f32(), packed);
        tape.add_gradient(x_slot, std::move(dx));
    }
};

}  // namespace

Dual conv2d(const Context& context, const Dual& x, const Param& w, const Param* b,
            const ConvGeometry& geometry) {
    const cpu::ConvSize size = size_of_conv(x.value, w, b, geometry);
    check(w.is_kernel, "[conv2d] {} was not added as a kernel", w.name);
    check(w.prepared != nullptr, "[conv2d] {} is not packed; call ParamStore::repack", w.name);
    Dual y(convolved(context, x.value, size, w, b != nullptr ? b->value.f32() : nullptr));
    y.tangent = convolved(context, x.tangent, size, w, nullptr);
    if (context.tape != nullptr) {
        y.slot = context.tape->new_slot();
        context.tape->record(ConvRecord{context.device, cpu::team_of(context.device), context.pool, x.value,
                                        x.slot, y.slot, size, w, b});
    }
    return y;
}

}  // namespace mf
