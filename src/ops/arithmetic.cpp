// SPDX-License-Identifier: MIT
#include "ops/arithmetic.hpp"

#include <algorithm>

namespace mf {
namespace {

void check_pair(const char* op, const Dual& a, const Dual& b) {
    check(a.rows() == b.rows() && (a.cols() == b.cols() || b.cols() == 1),
          "[{}] b must be {} or ({}, 1) but is {}", op, a.value.shape(), a.rows(), b.value.shape());
}

/// Gradient of b from that of the result: as it is, or summed over the columns.
Tensor gathered(Device& device, Pool& pool, const Tensor& g, bool spread) {
    if (!spread) return g;
    Tensor sums({g.rows(), 1}, DType::f32, &pool);
    device.row_sums(sums, g);
    return sums;
}

Tensor scaled(Device& device, Pool& pool, const Tensor& x, float c) {
    Tensor out(x.shape(), DType::f32, &pool);
    device.scale(out, x, c);
    return out;
}

struct SumRecord {
    Device& device;
    Pool& pool;
    GradSlot a, b, y;
    float sign;
    bool spread;  ///< b is one column

    void operator()(Tape& tape) {
        Tensor dy = tape.take_gradient_f32(y, pool);
        if (dy.empty()) return;
        if (b.wanted()) tape.add_gradient(b, scaled(device, pool, gathered(device, pool, dy, spread), sign));
        tape.add_gradient(a, std::move(dy));
    }
};

struct ProductRecord {
    Device& device;
    Pool& pool;
    Tensor a_value, b_value;
    GradSlot a, b, y;
    bool spread;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y, pool);
        if (dy.empty()) return;
        Tensor da(dy.shape(), DType::f32, &pool), db(dy.shape(), DType::f32, &pool);
        if (a.wanted()) {
            device.multiply(da, dy, b_value);
            tape.add_gradient(a, std::move(da));
        }
        if (b.wanted()) {
            device.multiply(db, dy, a_value);
            tape.add_gradient(b, gathered(device, pool, db, spread));
        }
    }
};

bool taped(const Context& context, const Dual& a, const Dual& b) {
    return context.tape != nullptr && (a.slot.wanted() || b.slot.wanted());
}

/// The last `n` rows of the tangent of x, with zeros above where it covers fewer.
Tensor tangent_rows(const Context& context, const Dual& x, std::int64_t n) {
    if (x.tangent_rows() == n) return x.tangent;
    Tensor out = Tensor::zeros({n, x.cols()}, DType::f32, &context.pool);
    if (x.tangent_rows() > 0) {
        Tensor last = out.row_range(n - x.tangent_rows(), n);
        context.device.convert(last, x.tangent);
    }
    return out;
}

/// So many rows in the form of `whole`: of pictures the first dimension shrinks.
Shape rows_of(const Shape& whole, std::int64_t rows, std::int64_t all) {
    Shape out{all == 0 ? 0 : whole[0] * rows / all};
    for (int i = 1; i < whole.rank(); ++i) out.push(whole[i]);
    return out;
}

Dual sum(const Context& context, const char* op, const Dual& a, const Dual& b, float sign) {
    check_pair(op, a, b);
    const std::int64_t moving = std::max(a.tangent_rows(), b.tangent_rows());
    const auto added = [&](const Tensor& p, const Tensor& q, std::int64_t rows) {
        Tensor out = context.make(rows_of(a.value.shape(), rows, a.rows()));
        context.device.add(out, p, q, sign);
        return out;
    };
    Dual y(added(a.value, b.value, a.rows()));
    if (moving > 0)
        y.tangent = added(tangent_rows(context, a, moving), tangent_rows(context, b, moving), moving);
    if (taped(context, a, b)) {
        y.slot = context.tape->new_slot();
        context.tape->record(
            SumRecord{context.device, context.pool, a.slot, b.slot, y.slot, sign, b.cols() != a.cols()});
    }
    return y;
}

}  // namespace

Dual add(const Context& context, const Dual& a, const Dual& b) { return sum(context, "add", a, b, 1.0F); }
Dual subtract(const Context& context, const Dual& a, const Dual& b) {
    return sum(context, "subtract", a, b, -1.0F);
}

Dual multiply(const Context& context, const Dual& a, const Dual& b) {
    check_pair("multiply", a, b);
    const std::int64_t moving = std::max(a.tangent_rows(), b.tangent_rows());
    Dual y(context.make(a.value.shape()));
    context.device.multiply(y.value, a.value, b.value);
    if (moving > 0) {
        const auto last = [&](const Tensor& x) { return x.row_range(x.rows() - moving, x.rows()); };
        y.tangent = context.make({moving, a.cols()});
        Tensor other = context.make({moving, a.cols()});
        context.device.multiply(y.tangent, tangent_rows(context, a, moving), last(b.value));
        context.device.multiply(other, last(a.value), tangent_rows(context, b, moving));
        context.device.add(y.tangent, y.tangent, other, 1.0F);
    }
    if (taped(context, a, b)) {
        y.slot = context.tape->new_slot();
        context.tape->record(ProductRecord{context.device, context.pool, a.value, b.value, a.slot, b.slot,
                                           y.slot, b.cols() != a.cols()});
    }
    return y;
}

namespace {

struct ScaleRecord {
    Device& device;
    Pool& pool;
    GradSlot a, y;
    float c;
    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y, pool);
        if (!dy.empty()) tape.add_gradient(a, scaled(device, pool, dy, c));
    }
};

}  // namespace

Dual scale(const Context& context, const Dual& a, float c) {
    Dual y(scaled(context.device, context.pool, a.value, c));
    if (!a.tangent.empty()) y.tangent = scaled(context.device, context.pool, a.tangent, c);
    if (context.tape != nullptr && a.slot.wanted()) {
        y.slot = context.tape->new_slot();
        context.tape->record(ScaleRecord{context.device, context.pool, a.slot, y.slot, c});
    }
    return y;
}

}  // namespace mf
