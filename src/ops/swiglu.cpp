// SPDX-License-Identifier: MIT
#include "ops/swiglu.hpp"

#include <algorithm>

namespace mf {
namespace {

struct SwigluRecord {
    Device& device;
    Pool& pool;
    Tensor a_factor, b_factor;
    GradSlot a_slot, b_slot, y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient(y_slot);
        if (dy.empty()) return;
        const auto give = [&](GradSlot slot, const Tensor& factor) {
            if (!slot.wanted()) return;
            Tensor out(factor.shape(), factor.dtype(), &pool);
            device.multiply_by_slope(out, dy, factor);
            tape.add_gradient(slot, std::move(out));
        };
        give(a_slot, a_factor);
        give(b_slot, b_factor);
    }
};

/// A tangent continued upwards by zeros to `n` rows.
Tensor lengthened(const Context& context, const Tensor& tangent, std::int64_t n, std::int64_t cols) {
    if (!tangent.empty() && tangent.rows() == n) return tangent;
    Tensor out = Tensor::zeros({n, cols}, DType::f32, &context.pool);
    if (!tangent.empty()) {
        Tensor last = out.row_range(n - tangent.rows(), n);
        context.device.convert(last, tangent);
    }
    return out;
}

}  // namespace

Dual swiglu(const Context& context, const Dual& a, const Dual& b) {
    check(a.value.shape() == b.value.shape(), "[swiglu] a {} and b {} must have one shape", a.value.shape(),
          b.value.shape());
    const bool taped = context.tape != nullptr && (a.slot.wanted() || b.slot.wanted());
    const DType dtype = context.operand();
    Dual y(context.make(a.value.shape(), dtype));
    Tensor a_factor = taped ? context.make(a.value.shape(), dtype) : Tensor();
    Tensor b_factor = taped ? context.make(a.value.shape(), dtype) : Tensor();
    Tensor a_dot, b_dot;
    if (const std::int64_t n = std::max(a.tangent_rows(), b.tangent_rows()); n > 0) {
        y.tangent = context.make({n, a.cols()}, dtype);
        a_dot = lengthened(context, a.tangent, n, a.cols());
        b_dot = lengthened(context, b.tangent, n, a.cols());
    }
    context.device.swiglu({a.value, b.value, a_dot, b_dot, y.value, y.tangent, a_factor, b_factor});
    if (taped) {
        y.slot = context.tape->new_slot();
        context.tape->record(SwigluRecord{context.device, context.pool, std::move(a_factor),
                                          std::move(b_factor), a.slot, b.slot, y.slot});
    }
    return y;
}

}  // namespace mf
