// SPDX-License-Identifier: MIT
#include "ops/gpu/numbers.hpp"

namespace mf {
namespace {

TEST(GpuSequence, Gates) {
    if (no_opencl()) return;
    for (const DType type : {DType::f32, DType::bf16})
        for (const std::int64_t tokens : {0, 1, 31})
            twice(type == DType::bf16 ? kStep16 : 1e-5, "gates", [=](Stage& s) {
                const std::int64_t samples = 3, rows = samples * std::max<std::int64_t>(1, tokens), cols = 33,
                                   gates = tokens == 0 ? 1 : samples;
                OnDevice &x = s.normal(rows, cols), &f = s.normal(rows, cols), &g = s.normal(gates, cols),
                         &y = s.normal(rows, cols), &df = s.normal(rows, cols, type),
                         &dg = s.normal(gates, cols);
                s.device.gated_add(y, x, f, g, tokens);
                s.device.add_gated(y, x, g, tokens);
                s.device.gate(df, x, g, tokens);
                s.device.gate_gradient(dg, f, x, tokens);
            });
}

TEST(GpuSequence, Modulate) {
    if (no_opencl()) return;
    for (const DType type : {DType::f32, DType::bf16})
        twice(type == DType::bf16 ? kStep16 : 1e-5, "modulate", [=](Stage& s) {
            const std::int64_t samples = 3, tokens = 7, cols = 33, rows = samples * tokens;
            OnDevice &x = s.normal(rows, cols), &shift = s.normal(samples, cols),
                     &scale = s.normal(samples, cols), &x_dot = s.normal(2 * tokens, cols),
                     &shift_dot = s.normal(1, cols), &scale_dot = s.normal(2, cols),
                     &y = s.normal(rows, cols, type), &y_dot = s.normal(2 * tokens, cols, type),
                     &other = s.normal(2 * tokens, cols, type);
            OnDevice &dy = s.normal(rows, cols), &dx = s.normal(rows, cols),
                     &dshift = s.normal(samples, cols), &dscale = s.normal(samples, cols);
            s.device.modulate({x, shift, scale, x_dot, shift_dot, scale_dot, y, y_dot});
            s.device.modulate({x, shift, scale, {}, {}, scale_dot, y, other});
            s.device.modulate_adjoint(dx, dshift, dscale, dy, x, scale);
        });
}

TEST(GpuSequence, PositionsAndTimes) {
    if (no_opencl()) return;
    for (const DType type : {DType::f32, DType::bf16})
        twice(type == DType::bf16 ? kStep16 : 1e-6, "rope", [=](Stage& s) {
            OnDevice &x = s.normal(3 * 7, 4 * 6), &cos = s.normal(7, 6), &sin = s.normal(7, 6),
                     &y = s.normal(21, 24, type), &back = s.normal(21, 24, type);
            s.device.rope(y, x, cos, sin, 1.0F);
            s.device.rope(back, x, cos, sin, -1.0F);
            if (type == DType::f32) s.device.rope(x, x, cos, sin, 1.0F);
        });
    twice(1e-6, "sinusoid", [](Stage& s) {
        OnDevice &t = s.normal(33, 1), &t_dot = s.normal(17, 1), &y = s.normal(33, 62),
                 &y_dot = s.normal(17, 62), &still = s.normal(33, 62), &dy = s.normal(33, 62),
                 &dt = s.normal(33, 1);
        s.device.scale(t, t, 1000.0F);
        s.device.sinusoid(y, y_dot, t, t_dot, 10000.0);
        s.device.sinusoid(still, {}, t, {}, 10000.0);
        s.device.sinusoid_adjoint(dt, dy, y, 10000.0);
    });
}

TEST(GpuSequence, TokensAndLabels) {
    if (no_opencl()) return;
    twice(1e-5, "tokens", [](Stage& s) {
        const std::int64_t samples = 5, length = 9, cols = 33;
        const TokenRange range{2, 4, length};
        OnDevice &w = s.normal(4, cols), &e = s.normal(samples, cols), &y = s.normal(samples * length, cols),
                 &other = s.normal(samples * length, cols), &dw = s.normal(4, cols),
                 &de = s.normal(samples, cols), &mean = s.normal(samples, cols),
                 &back = s.normal(samples * length, cols);
        s.device.put_tokens(y, range, w, e);
        s.device.put_tokens(other, range, {}, e);
        s.device.put_tokens_adjoint(dw, de, y, range);
        s.device.put_tokens_adjoint(dw, {}, y, range);
        s.device.mean_tokens(mean, y, length);
        s.device.mean_tokens_adjoint(back, mean, length);
        const std::int32_t labels[] = {3, 0, 3, 1, 3};
        OnDevice &table = s.normal(4, cols), &picked = s.normal(samples, cols), &gradient = s.normal(4, cols);
        s.device.embedding(picked, table, labels);
        s.device.embedding_adjoint(gradient, e, labels);
    });
}

TEST(GpuSequence, Pictures) {
    if (no_opencl()) return;
    for (const PatchEntries entries : {PatchEntries::channel_first, PatchEntries::channel_last})
        twice(0, "patches", [=](Stage& s) {
            const PatchGrid grid{4, 6, 3, 2};
            OnDevice &x = s.normal(5, grid.pixels()), &y = s.normal(5 * grid.count(), grid.entries()),
                     &back = s.normal(5, grid.pixels());
            s.device.patches(y, x, grid, entries, false);
            s.device.patches(back, y, grid, entries, true);
        });
    for (const DType type : {DType::f32, DType::bf16})
        twice(1e-6, "neighbours", [=](Stage& s) {
            const PlaceGrid grid{3, 5, 7};
            OnDevice &x = s.normal(2 * 15, 7, type), &y = s.normal(2 * 15, 63, type),
                     &dy = s.normal(2 * 15, 63), &dx = s.normal(2 * 15, 7);
            s.device.neighbours(y, x, grid);
            s.device.neighbours_adjoint(dx, dy, grid);
        });
}

}  // namespace
}  // namespace mf
