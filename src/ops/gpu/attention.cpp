// SPDX-License-Identifier: MIT
#include <cmath>

#include "ops/gpu/kernel_call.hpp"

namespace mf {
namespace {

constexpr std::int64_t kBlock = 32;

/// `products`: of tokens by tokens with one of tokens by d, in all samples together.
KernelCall by_block(const AttentionSizes& z, const char* kernel, std::int64_t products) {
    return {"attention",
            kernel,
            {(z.tokens + kBlock - 1) / kBlock, z.samples * z.heads, 1},
            {16, 16, 1},
            static_cast<int>((z.d + kBlock - 1) / kBlock),
            2.0 * static_cast<double>(z.tokens * z.tokens) * static_cast<double>(z.d * z.heads * products)};
}

}  // namespace

void GpuDevice::attention(const AttentionSizes& z, const AttentionPass& pass, Pool&) {
    const auto still = [&](View x) { return z.samples - x.rows / z.tokens; };
    const std::int64_t moving = z.samples - still(pass.y_dot);
    run(by_block(z, "attention", 2 * z.samples + 4 * moving), gpu::Either{pass.y}, gpu::Either{pass.y_dot},
        gpu::Floats(pass.log_sums), gpu::Either{pass.q}, gpu::Either{pass.k}, gpu::Either{pass.v},
        gpu::Either{pass.q_dot}, gpu::Either{pass.k_dot}, gpu::Either{pass.v_dot}, still(pass.y_dot),
        still(pass.q_dot), still(pass.k_dot), still(pass.v_dot), z.tokens, z.heads, z.d,
        1.0F / std::sqrt(static_cast<float>(z.d)));
}

void GpuDevice::attention_adjoint(const AttentionSizes& z, const AttentionAdjoint& pass, Pool&) {
    const std::int64_t rows = z.samples * z.heads * z.tokens;
    if (rows == 0) return;
    const gpu::Floats along(scratch(static_cast<std::size_t>(rows) * sizeof(float)));
    run(gpu::by_row("attention", "attention_along", rows, by_block(z, "", 0).chunks), along,
        gpu::Either{pass.o}, gpu::Floats(pass.dy), z.tokens, z.heads, z.d, rows);
    const float scale = 1.0F / std::sqrt(static_cast<float>(z.d));
    run(by_block(z, "attention_adjoint_queries", 3 * z.samples), gpu::Floats(pass.dq), gpu::Either{pass.q},
        gpu::Either{pass.k}, gpu::Either{pass.v}, gpu::Floats(pass.log_sums), along, gpu::Floats(pass.dy),
        z.tokens, z.heads, z.d, scale);
    run(by_block(z, "attention_adjoint_keys", 4 * z.samples), gpu::Floats(pass.dk), gpu::Floats(pass.dv),
        gpu::Either{pass.q}, gpu::Either{pass.k}, gpu::Either{pass.v}, gpu::Floats(pass.log_sums), along,
        gpu::Floats(pass.dy), z.tokens, z.heads, z.d, scale);
}

}  // namespace mf
