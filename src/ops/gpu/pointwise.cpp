// SPDX-License-Identifier: MIT
#include "ops/gpu/kernel_call.hpp"

namespace mf {

void GpuDevice::pointwise(Pointwise function, const PointwisePass& pass) {
    const std::int64_t count = pass.x.count(), still = count - pass.x_dot.count();
    run(gpu::by_number("pointwise", "pointwise", count), static_cast<std::int32_t>(function),
        gpu::Floats(pass.x), gpu::Floats(pass.x_dot), gpu::Either{pass.y}, gpu::Either{pass.y_dot},
        gpu::Either{pass.slope}, still, count);
}

void GpuDevice::multiply_by_slope(Into dx, View dy, View slope) {
    run(gpu::by_number("pointwise", "multiply_by_slope", dx.count()), gpu::Either{dx}, gpu::Either{dy},
        gpu::Either{slope}, dx.count());
}

void GpuDevice::swiglu(const SwigluPass& pass) {
    const std::int64_t count = pass.a.count(), still = count - pass.y_dot.count();
    run(gpu::by_number("swiglu", "swiglu", count), gpu::Floats(pass.a), gpu::Floats(pass.b),
        gpu::Floats(pass.a_dot), gpu::Floats(pass.b_dot), gpu::Either{pass.y}, gpu::Either{pass.y_dot},
        gpu::Either{pass.a_factor}, gpu::Either{pass.b_factor}, still, count);
}

}  // namespace mf
