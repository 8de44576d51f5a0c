// SPDX-License-Identifier: MIT
#include "ops/rope.hpp"

#include <cmath>

#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/row_math.hpp"

namespace mf {
namespace {

/// Neighbours change places: (x1, x0, x3, x2, ...).
FloatVector swapped(FloatVector x) {
    FloatVector out{};
    for (int j = 0; j < kVectorFloats; ++j) out[j] = x[j ^ 1];
    return out;
}

/// to = R x (sign +1) or Rᵀ x (sign -1); to may be x.
template <class Out>
void rotate(Team& team, Out* to, const float* x, std::int64_t rows, std::int64_t cols, const RopeTable& table,
            float sign) {
    const std::int64_t tokens = table.cos.rows(), d = table.cos.cols();
    const float *cos0 = table.cos.f32(), *sin0 = table.sin.f32();
    team.split(rows, 16, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const float *cos = cos0 + i % tokens * d, *sin = sin0 + i % tokens * d;
            for (std::int64_t head = i * cols; head < (i + 1) * cols; head += d) {
                const float* from = x + head;
                Out* out = to + head;
                std::int64_t j = 0;
                for (; j + kVectorFloats <= d; j += kVectorFloats) {
                    const FloatVector a = load(from + j);
                    cpu::put(out + j, cpu::fused(swapped(a), load(sin + j) * sign, a * load(cos + j)));
                }
                for (; j < d; j += 2) {
                    const float a = from[j], b = from[j + 1];
                    cpu::set(out[j], std::fma(b, sin[j] * sign, a * cos[j]));
                    cpu::set(out[j + 1], std::fma(a, sin[j + 1] * sign, b * cos[j + 1]));
                }
            }
        }
    });
}

struct RopeRecord {
    Team& team;
    Pool& pool;
    const RopeTable& table;
    std::int64_t cols;
    GradSlot x_slot, y_slot;

    void operator()(Tape& tape) {
        Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty() || !x_slot.wanted()) return;
        rotate(team, dy.f32(), dy.f32(), dy.count() / cols, cols, table, -1.0F);
        tape.add_gradient(x_slot, std::move(dy));
    }
};

}  // namespace

RopeTable RopeTable::make(std::int64_t tokens, std::int64_t d, double base) {
    check(d % 2 == 0, "[rope] the head size must be even, got {}", d);
    RopeTable out{Tensor({tokens, d}, DType::f32), Tensor({tokens, d}, DType::f32)};
    for (std::int64_t p = 0; p < tokens; ++p)
        for (std::int64_t j = 0; j < d; ++j) {
            const std::int64_t pair = j - j % 2;
            const double angle =
                static_cast<double>(p) * std::pow(base, -static_cast<double>(pair) / static_cast<double>(d));
            out.cos.f32()[p * d + j] = static_cast<float>(std::cos(angle));
            out.sin.f32()[p * d + j] = static_cast<float>(j % 2 == 0 ? -std::sin(angle) : std::sin(angle));
        }
    return out;
}

Dual rope(const Context& context, const Dual& x, const RopeTable& table, DType out) {
    const std::int64_t tokens = table.cos.rows(), d = table.cos.cols();
    check(x.cols() % d == 0 && x.rows() % tokens == 0 && x.tangent_rows() % tokens == 0,
          "[rope] x {} does not hold heads of {} and sequences of {}", x.value.shape(), d, tokens);
    const auto turned = [&](const Tensor& from) {
        Tensor to = context.make(from.shape(), out);
        cpu::in_type(to, [&](auto* at) {
            rotate(cpu::team_of(context.device), at, from.f32(), from.rows(), from.cols(), table, 1.0F);
        });
        return to;
    };
    Dual y(turned(x.value));
    if (!x.tangent.empty()) y.tangent = turned(x.tangent);
    if (context.tape != nullptr && x.slot.wanted()) {
        y.slot = context.tape->new_slot();
        context.tape->record(
            RopeRecord{cpu::team_of(context.device), context.pool, table, x.cols(), x.slot, y.slot});
    }
    return y;
}

}  // namespace mf
