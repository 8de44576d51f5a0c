// SPDX-License-Identifier: MIT
#include "ops/gpu/numbers.hpp"

namespace mf {
namespace {

/// Value, tangent over the last samples, and adjoint.
void attend(Stage& s, const AttentionSizes& z, std::int64_t moving, DType type, bool q_moves = true,
            bool v_moves = true) {
    const std::int64_t rows = z.samples * z.tokens, cols = z.columns(), n = moving * z.tokens;
    OnDevice &q = s.normal(rows, cols, type), &k = s.normal(rows, cols, type),
             &v = s.normal(rows, cols, type), &q_dot = s.normal(n, cols, type),
             &k_dot = s.normal(n, cols, type), &v_dot = s.normal(n, cols, type),
             &y = s.normal(rows, cols, type), &y_dot = s.normal(n, cols, type),
             &log_sums = s.normal(z.samples * z.heads, z.tokens);
    OnDevice &dy = s.normal(rows, cols), &dq = s.normal(rows, cols), &dk = s.normal(rows, cols),
             &dv = s.normal(rows, cols);
    s.device.attention(
        z,
        {q, k, v, q_moves ? View(q_dot) : View(), k_dot, v_moves ? View(v_dot) : View(), y, y_dot, log_sums},
        s.pool);
    s.device.attention_adjoint(z, {q, k, v, y, log_sums, dy, dq, dk, dv}, s.pool);
}

TEST(GpuAttention, ValueTangentAndAdjoint) {
    if (no_opencl()) return;
    const AttentionSizes sizes[] = {
        {1, 1, 1, 1}, {2, 31, 2, 16}, {1, 33, 3, 32}, {3, 7, 1, 33}, {1, 84, 1, 64}};
    for (const AttentionSizes& z : sizes)
        twice(2e-5, "attention", [&](Stage& s) { attend(s, z, (z.samples + 1) / 2, DType::f32); });
}

TEST(GpuAttention, SomeOperandsMove) {
    if (no_opencl()) return;
    twice(2e-5, "k and v", [&](Stage& s) { attend(s, {2, 31, 1, 16}, 1, DType::f32, false, true); });
    twice(2e-5, "q and k", [&](Stage& s) { attend(s, {2, 31, 1, 16}, 2, DType::f32, true, false); });
}

TEST(GpuAttention, HalfPrecision) {
    if (no_opencl()) return;
    twice(3 * kStep16, "bf16", [&](Stage& s) { attend(s, {2, 33, 2, 16}, 1, DType::bf16); });
}

}  // namespace
}  // namespace mf
