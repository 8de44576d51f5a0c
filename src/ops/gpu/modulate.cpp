// SPDX-License-Identifier: MIT
#include "ops/gpu/kernel_call.hpp"

namespace mf {

void GpuDevice::modulate(const ModulatePass& pass) {
    if (pass.x.count() == 0) return;
    const std::int64_t rows = pass.x.rows, cols = pass.x.cols, samples = pass.scale.rows,
                       tokens = rows / samples;
    run(gpu::by_number("modulate", "modulate", pass.x.count()), gpu::Either{pass.y}, gpu::Floats(pass.x),
        gpu::Floats(pass.shift), gpu::Floats(pass.scale), tokens, cols, pass.x.count());
    if (pass.y_dot.empty()) return;
    run(gpu::by_number("modulate", "modulate_tangent", pass.y_dot.count()), gpu::Either{pass.y_dot},
        gpu::Floats(pass.x), gpu::Floats(pass.scale), gpu::Floats(pass.x_dot), gpu::Floats(pass.shift_dot),
        gpu::Floats(pass.scale_dot), rows - pass.y_dot.rows, rows - pass.x_dot.rows,
        samples - pass.shift_dot.rows, samples - pass.scale_dot.rows, tokens, cols, pass.y_dot.count());
}

void GpuDevice::modulate_adjoint(Into dx, Into dshift, Into dscale, View dy, View x, View scale) {
    run(gpu::by_column("modulate", "modulate_adjoint", x.cols, scale.rows), gpu::Floats(dx),
        gpu::Floats(dshift), gpu::Floats(dscale), gpu::Floats(dy), gpu::Floats(x), gpu::Floats(scale),
        x.rows / scale.rows, x.cols);
}

}  // namespace mf
