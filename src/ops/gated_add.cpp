// SPDX-License-Identifier: MIT
#include "ops/gated_add.hpp"

#include <algorithm>

#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/gated_add.hpp"

namespace mf {
namespace {

struct GatedAddRecord {
    Team& team;
    Pool& pool;
    Tensor f, g;
    const Param* param;  ///< the gate as a parameter, or null
    std::int64_t tokens;
    DType operand;  ///< of f̄: what the layer below feeds to GEMM
    GradSlot x_slot, f_slot, g_slot, y_slot;

    void operator()(Tape& tape) {
        Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty()) return;
        dy = dy.reshaped(f.shape());
        if (param != nullptr) {
            cpu::gate_gradient(team, tape.gradients().of(*param), f, dy, 0);
        } else if (g_slot.wanted()) {
            Tensor dg = Tensor::zeros(g.shape(), DType::f32, &pool);
            cpu::gate_gradient(team, dg.f32(), f, dy, tokens);
            tape.add_gradient(g_slot, std::move(dg));
        }
        if (f_slot.wanted()) {
            Tensor df(f.shape(), operand, &pool);
            cpu::gate(team, df, dy, {g.f32(), tokens});
            tape.add_gradient(f_slot, std::move(df));
        }
        tape.add_gradient(x_slot, std::move(dy));
    }
};

/// The last `rows` rows of a tangent, which holds all of them or none.
const float* last_rows(const Tensor& tangent, std::int64_t rows) {
    return tangent.empty() ? nullptr : tangent.f32() + (tangent.rows() - rows) * tangent.cols();
}

Dual build(const Context& context, const Dual& x, const Dual& f, const Dual& g, const Param* param,
           std::int64_t tokens) {
    check(x.value.shape() == f.value.shape(), "[gated_add] x {} and f {} must have one shape",
          x.value.shape(), f.value.shape());
    const std::int64_t c = x.cols();
    const cpu::Gates gates{g.value.f32(), tokens};
    Dual y(context.make(x.value.shape()));
    cpu::gated_add(cpu::team_of(context.device), y.value, x.value.f32(), f.value.f32(), gates);
    const std::int64_t n = std::max({x.tangent_rows(), f.tangent_rows(), g.tangent_rows() * tokens});
    if (n > 0 && x.tangent_rows() == n && f.tangent_rows() == n && g.tangent.empty()) {
        const std::int64_t begin = x.rows() - n;
        check(tokens == 0 || n % tokens == 0, "[gated_add] a tangent of {} rows ends inside a sample", n);
        y.tangent = context.make({n, c});
        cpu::gated_add(cpu::team_of(context.device), y.tangent, x.tangent.f32(), f.tangent.f32(),
                       {tokens == 0 ? gates.g : gates.row(begin, c), tokens});
    } else if (n > 0) {
        y.tangent = Tensor::zeros({n, c}, DType::f32, &context.pool);
        // A part moves in its own last rows only; above them it adds nothing.
        const auto part = [&](std::int64_t rows) { return y.tangent.row_range(n - rows, n); };
        if (x.tangent_rows() > 0) part(x.tangent_rows()).copy_from(x.tangent);
        if (const std::int64_t m = f.tangent_rows(); m > 0) {
            Tensor to = part(m);
            const std::int64_t begin = x.rows() - m;
            check(tokens == 0 || m % tokens == 0, "[gated_add] a tangent of {} rows ends inside a sample", m);
            cpu::add_gated(cpu::team_of(context.device), to, f.tangent.f32(),
                           {tokens == 0 ? gates.g : gates.row(begin, c), tokens});
        }
        if (const std::int64_t m = g.tangent_rows() * tokens; m > 0) {
            Tensor to = part(m);
            cpu::add_gated(cpu::team_of(context.device), to, last_rows(f.value, m),
                           {g.tangent.f32(), tokens});
        }
    }
    if (context.tape != nullptr) {
        y.slot = context.tape->new_slot();
        context.tape->record(GatedAddRecord{cpu::team_of(context.device), context.pool, f.value, g.value,
                                            param, tokens, context.operand(), x.slot, f.slot, g.slot,
                                            y.slot});
    }
    return y;
}

}  // namespace

Dual gated_add(const Context& context, const Dual& x, const Dual& f, const Param& g) {
    check(g.shape.count() == x.cols(), "[gated_add] {} must be ({}) but is {}", g.name, x.cols(), g.shape);
    return build(context, x, f, Dual(g.value), &g, 0);
}

Dual gated_add(const Context& context, const Dual& x, const Dual& f, const Dual& g) {
    check(g.rows() > 0 && x.rows() % g.rows() == 0 && g.cols() == x.cols(),
          "[gated_add] gates {} do not fit x {}", g.value.shape(), x.value.shape());
    return build(context, x, f, g, nullptr, x.rows() / g.rows());
}

}  // namespace mf
