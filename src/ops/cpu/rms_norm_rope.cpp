// SPDX-License-Identifier: MIT
// Two sweeps one after the other: what lies between them is in the cache for the rows of a lane.
#include "ops/cpu/cpu_device.hpp"
#include "tensor/tensor.hpp"

namespace mf {

void CpuDevice::rms_norm_rope(const NormRopePass& pass, Pool& scratch) {
    const std::int64_t d = pass.g.count(), groups = pass.x.count() / d;
    {
        Tensor n({pass.x.rows, pass.x.cols}, DType::f32, &scratch);
        rms_norm(n, pass.s, pass.x, pass.g, pass.eps);
        rope(pass.y, n, pass.cos, pass.sin, 1.0F);
    }
    if (pass.x_dot.empty()) return;
    const std::int64_t moving = pass.x_dot.count() / d, still = groups - moving;
    Tensor n_dot({pass.x_dot.rows, pass.x_dot.cols}, DType::f32, &scratch);
    rms_norm_tangent(n_dot, {pass.x.f32() + still * d, moving, d, DType::f32}, pass.x_dot,
                     {pass.s.f32() + still, moving, 1, DType::f32}, pass.g);
    rope(pass.y_dot, n_dot, pass.cos, pass.sin, 1.0F);
}

}  // namespace mf
