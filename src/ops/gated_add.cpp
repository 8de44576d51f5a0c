// SPDX-License-Identifier: MIT
#include "ops/gated_add.hpp"

#include <algorithm>

namespace mf {
namespace {

struct GatedAddRecord {
    Device& device;
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
            device.gate_gradient(tape.gradients().into(*param), f, dy, 0);
        } else if (g_slot.wanted()) {
            Tensor dg = Tensor::zeros(g.shape(), DType::f32, &pool);
            device.gate_gradient(dg, f, dy, tokens);
            tape.add_gradient(g_slot, std::move(dg));
        }
        if (f_slot.wanted()) {
            Tensor df(f.shape(), operand, &pool);
            device.gate(df, dy, g, tokens);
            tape.add_gradient(f_slot, std::move(df));
        }
        tape.add_gradient(x_slot, std::move(dy));
    }
};

/// The last `n` rows of the matrix that x is.
Tensor last_rows(const Tensor& x, std::int64_t n) { return x.row_range(x.rows() - n, x.rows()); }

/// y' where each part moves in rows of its own: above them it adds nothing. `gates(m)`: those of the last m rows.
template <class Gates>
Tensor moved(const Context& context, std::int64_t n, const Dual& x, const Dual& f, const Dual& g,
             std::int64_t tokens, const Gates& gates) {
    Tensor out = Tensor::zeros({n, x.cols()}, DType::f32, &context.pool);
    if (const std::int64_t m = x.tangent_rows(); m > 0) {
        Tensor to = last_rows(out, m);
        context.device.convert(to, x.tangent);
    }
    if (const std::int64_t m = f.tangent_rows(); m > 0) {
        Tensor to = last_rows(out, m);
        context.device.add_gated(to, f.tangent, gates(m), tokens);
    }
    if (const std::int64_t m = g.tangent_rows() * tokens; m > 0) {
        Tensor to = last_rows(out, m);
        context.device.add_gated(to, last_rows(f.value, m), g.tangent, tokens);
    }
    return out;
}

Dual build(const Context& context, const Dual& x, const Dual& f, const Dual& g, const Param* param,
           std::int64_t tokens) {
    check(x.value.shape() == f.value.shape(), "[gated_add] x {} and f {} must have one shape",
          x.value.shape(), f.value.shape());
    const auto gates = [&](std::int64_t m) {
        check(tokens == 0 || m % tokens == 0, "[gated_add] a tangent of {} rows ends inside a sample", m);
        return tokens == 0 ? g.value : last_rows(g.value, m / tokens);
    };
    Dual y(context.make(x.value.shape()));
    context.device.gated_add(y.value, x.value, f.value, g.value, tokens);
    const std::int64_t n = std::max({x.tangent_rows(), f.tangent_rows(), g.tangent_rows() * tokens});
    if (n > 0 && x.tangent_rows() == n && f.tangent_rows() == n && g.tangent.empty()) {
        y.tangent = context.make({n, x.cols()});
        context.device.gated_add(y.tangent, x.tangent, f.tangent, gates(n), tokens);
    } else if (n > 0) {
        y.tangent = moved(context, n, x, f, g, tokens, gates);
    }
    if (context.tape != nullptr) {
        y.slot = context.tape->new_slot();
        context.tape->record(GatedAddRecord{context.device, context.pool, f.value, g.value, param, tokens,
                                            context.operand(), x.slot, f.slot, g.slot, y.slot});
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
