// SPDX-License-Identifier: MIT
#include "ops/rope.hpp"

#include <cmath>

namespace mf {
namespace {

struct RopeRecord {
    Device& device;
    Pool& pool;
    const RopeTable& table;
    std::int64_t cols;
    GradSlot x_slot, y_slot;

    void operator()(Tape& tape) {
        Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty() || !x_slot.wanted()) return;
        dy = dy.reshaped({dy.count() / cols, cols});
        device.rope(dy, dy, table.cos, table.sin, -1.0F);
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
        context.device.rope(to, from, table.cos, table.sin, 1.0F);
        return to;
    };
    Dual y(turned(x.value));
    if (!x.tangent.empty()) y.tangent = turned(x.tangent);
    if (context.tape != nullptr && x.slot.wanted()) {
        y.slot = context.tape->new_slot();
        context.tape->record(RopeRecord{context.device, context.pool, table, x.cols(), x.slot, y.slot});
    }
    return y;
}

}  // namespace mf
