// SPDX-License-Identifier: MIT
#include "ops/gpu/numbers.hpp"

namespace mf {
namespace {

TEST(GpuNorm, RmsNorm) {
    if (no_opencl()) return;
    for (const auto [rows, cols] : kSizes)
        for (const DType type : {DType::f32, DType::bf16})
            twice(type == DType::bf16 ? kStep16 : 1e-5, "rms_norm", [=](Stage& s) {
                const std::int64_t moving = (rows + 1) / 2, still = rows - moving;
                OnDevice &x = s.normal(rows, cols), &g = s.normal(1, cols), &x_dot = s.normal(moving, cols),
                         &dy = s.normal(rows, cols);
                OnDevice &y = s.normal(rows, cols, type), &y_dot = s.normal(moving, cols, type),
                         &r = s.normal(1, rows), &dx = s.normal(rows, cols), &dg = s.normal(1, cols);
                s.device.rms_norm(y, r, x, g, 1e-6F);
                const auto* const moving_x = static_cast<const float*>(View(x).data) + still * cols;
                const auto* const moving_r = static_cast<const float*>(View(r).data) + still;
                s.device.rms_norm_tangent(y_dot, {moving_x, moving, cols, DType::f32}, x_dot,
                                          {moving_r, 1, moving, DType::f32}, g);
                s.device.rms_norm_adjoint(dx, dg, dy, x, r, g);
                s.device.rms_norm_adjoint({}, dg, dy, x, r, g);
            });
}

// A gain for each head: as many groups in a row as there are heads.
TEST(GpuNorm, RmsNormOfGroups) {
    if (no_opencl()) return;
    twice(1e-5, "groups", [](Stage& s) {
        OnDevice &x = s.normal(31, 3 * 32), &g = s.normal(1, 32), &y = s.normal(31, 96), &r = s.normal(1, 93),
                 &dx = s.normal(31, 96), &dg = s.normal(1, 32), &dy = s.normal(31, 96);
        s.device.rms_norm(y, r, x, g, 1e-6F);
        s.device.rms_norm_adjoint(dx, dg, dy, x, r, g);
    });
}

// Norm and place of every head in one pass: the CPU makes two of it.
TEST(GpuNorm, RmsNormAndRope) {
    if (no_opencl()) return;
    for (const std::int64_t d : {2, 18, 64, 98})
        for (const DType type : {DType::f32, DType::bf16})
            twice(type == DType::bf16 ? kStep16 : 1e-5, "rms_norm_rope", [=](Stage& s) {
                OnDevice &x = s.normal(3 * 7, 5 * d), &x_dot = s.normal(2 * 7, 5 * d), &g = s.normal(1, d),
                         &cos = s.normal(7, d), &sin = s.normal(7, d), &r = s.normal(1, 21 * 5);
                OnDevice &y = s.normal(21, 5 * d, type), &y_dot = s.normal(14, 5 * d, type),
                         &still = s.normal(21, 5 * d, type);
                s.device.rms_norm_rope({x, x_dot, g, cos, sin, r, y, y_dot, 1e-6F}, s.pool);
                s.device.rms_norm_rope({x, {}, g, cos, sin, r, still, {}, 1e-6F}, s.pool);
            });
}

TEST(GpuNorm, LayerNorm) {
    if (no_opencl()) return;
    for (const auto [rows, cols] : kSizes)
        twice(1e-5, "layer_norm", [=](Stage& s) {
            OnDevice &x = s.normal(rows, cols), &n = s.normal(rows, cols), &r = s.normal(1, rows),
                     &d = s.normal(rows, cols), &y = s.normal(rows, cols);
            s.device.layer_norm(n, r, x, 1e-5F);
            if (cols > 1) s.device.layer_norm_slope(y, d, n, r);
        });
}

}  // namespace
}  // namespace mf
