// SPDX-License-Identifier: MIT
#include "ops/gpu/kernel_call.hpp"

namespace mf {

void GpuDevice::gated_add(Into y, View x, View f, View g, std::int64_t tokens) {
    run(gpu::by_number("gated_add", "gated_add", y.count()), gpu::Floats(y), gpu::Floats(x), gpu::Floats(f),
        gpu::Floats(g), tokens, y.cols, y.count());
}

void GpuDevice::add_gated(Into y, View f, View g, std::int64_t tokens) { gated_add(y, y, f, g, tokens); }

void GpuDevice::gate(Into df, View dy, View g, std::int64_t tokens) {
    run(gpu::by_number("gated_add", "gate", dy.count()), gpu::Either{df}, gpu::Floats(dy), gpu::Floats(g),
        tokens, dy.cols, dy.count());
}

void GpuDevice::gate_gradient(Into dg, View f, View dy, std::int64_t tokens) {
    if (tokens == 0) return add_sums_of_rows(dg, f, dy);
    run(gpu::by_column("gated_add", "gate_gradient", dy.cols, dy.rows / tokens), gpu::Floats(dg),
        gpu::Floats(f), gpu::Floats(dy), tokens, dy.cols);
}

}  // namespace mf
