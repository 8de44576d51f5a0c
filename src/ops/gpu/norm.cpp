// SPDX-License-Identifier: MIT
#include "ops/gpu/kernel_call.hpp"

namespace mf {

void GpuDevice::rms_norm(Into y, Into s, View x, View g, float eps) {
    const std::int64_t cols = g.count(), rows = x.count() / cols;
    run(gpu::by_row("rms_norm", "rms_norm", rows), gpu::Either{y}, gpu::Floats(s), gpu::Floats(x),
        gpu::Floats(g), rows, cols, eps);
}

void GpuDevice::rms_norm_tangent(Into y_dot, View x, View x_dot, View s, View g) {
    const std::int64_t cols = g.count(), rows = x_dot.count() / cols;
    run(gpu::by_row("rms_norm", "rms_norm_tangent", rows), gpu::Either{y_dot}, gpu::Floats(x),
        gpu::Floats(x_dot), gpu::Floats(s), gpu::Floats(g), rows, cols);
}

void GpuDevice::rms_norm_adjoint(Into dx, Into dg, View dy, View x, View s, View g) {
    const std::int64_t cols = g.count(), rows = x.count() / cols;
    if (rows == 0) return;
    if (!dx.empty())
        run(gpu::by_row("rms_norm", "rms_norm_adjoint", rows), gpu::Floats(dx), gpu::Floats(dy),
            gpu::Floats(x), gpu::Floats(s), gpu::Floats(g), rows, cols);
    const gpu::RowBlocks blocks{rows};
    const gpu::Floats parts(scratch(static_cast<std::size_t>(blocks.count() * cols) * sizeof(float)));
    run(gpu::by_column("rms_norm", "rms_norm_gain_parts", cols, blocks.count()), parts, gpu::Floats(dy),
        gpu::Floats(x), gpu::Floats(s), rows, cols, blocks.size());
    run(gpu::by_number("elementwise", "add_parts", cols), gpu::Floats(dg), parts, blocks.count(), cols);
}

void GpuDevice::rms_norm_rope(const NormRopePass& pass, Pool&) {
    const std::int64_t d = pass.g.count(), groups = pass.x.count() / d;
    run(gpu::by_row("rms_norm_rope", "rms_norm_rope", groups), gpu::Either{pass.y}, gpu::Either{pass.y_dot},
        gpu::Floats(pass.s), gpu::Floats(pass.x), gpu::Floats(pass.x_dot), gpu::Floats(pass.g),
        gpu::Floats(pass.cos), gpu::Floats(pass.sin), pass.eps, groups - pass.x_dot.count() / d,
        pass.x.cols / d, pass.cos.rows, groups, d);
}

void GpuDevice::layer_norm(Into y, Into s, View x, float eps) {
    run(gpu::by_row("layer_norm", "layer_norm", x.rows), gpu::Floats(y), gpu::Floats(s), gpu::Floats(x),
        x.rows, x.cols, eps);
}

void GpuDevice::layer_norm_slope(Into y, View d, View n, View s) {
    run(gpu::by_row("layer_norm", "layer_norm_slope", y.rows), gpu::Floats(y), gpu::Floats(d), gpu::Floats(n),
        gpu::Floats(s), y.rows, y.cols);
}

}  // namespace mf
