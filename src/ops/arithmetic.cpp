// SPDX-License-Identifier: MIT
#include "ops/arithmetic.hpp"

#include <algorithm>

#include "ops/cpu/cpu_device.hpp"

namespace mf {
namespace {

/// Index step of b along the columns: 0 when it is one column.
std::int64_t step_of(const Dual& a, const Dual& b) { return b.cols() == a.cols() ? 1 : 0; }

void check_pair(const char* op, const Dual& a, const Dual& b) {
    check(a.rows() == b.rows() && (a.cols() == b.cols() || b.cols() == 1),
          "[{}] b must be {} or ({}, 1) but is {}", op, a.value.shape(), a.rows(), b.value.shape());
}

/// out[i][j] = f(a[i][j], b[i][j or 0])
template <class F>
void combine(Tensor& out, const float* a, const float* b, std::int64_t b_step, F f) {
    const std::int64_t rows = out.rows(), cols = out.cols();
    const std::int64_t b_cols = b_step == 1 ? cols : 1;
    float* to = out.f32();
    for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t j = 0; j < cols; ++j)
            to[i * cols + j] = f(a[i * cols + j], b[i * b_cols + j * b_step]);
}

/// a + sign b of equal sizes, on all threads: a number of the result depends on nothing else.
void add_equal(Team& team, Tensor& out, const float* a, const float* b, float sign) {
    float* to = out.f32();
    team.split(out.count(), 4096, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) to[i] = a[i] + sign * b[i];
    });
}

/// Gradient of b from that of the result: as it is, or summed over the columns.
Tensor gathered(Pool& pool, const Tensor& g, std::int64_t b_step) {
    if (b_step == 1) return g;
    Tensor sums = Tensor::zeros({g.rows(), 1}, DType::f32, &pool);
    const std::int64_t rows = g.rows(), cols = g.cols();
    const float* from = g.f32();
    float* to = sums.f32();
    for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t j = 0; j < cols; ++j) to[i] += from[i * cols + j];
    return sums;
}

Tensor scaled(Pool& pool, const Tensor& x, float c) {
    Tensor out(x.shape(), DType::f32, &pool);
    const float* from = x.f32();
    float* to = out.f32();
    for (std::int64_t i = 0, n = x.count(); i < n; ++i) to[i] = c * from[i];
    return out;
}

struct SumRecord {
    Pool& pool;
    GradSlot a, b, y;
    float sign;
    std::int64_t b_step;

    void operator()(Tape& tape) {
        Tensor dy = tape.take_gradient_f32(y, pool);
        if (dy.empty()) return;
        if (b.wanted()) tape.add_gradient(b, scaled(pool, gathered(pool, dy, b_step), sign));
        tape.add_gradient(a, std::move(dy));
    }
};

struct ProductRecord {
    Pool& pool;
    Tensor a_value, b_value;
    GradSlot a, b, y;
    std::int64_t b_step;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y, pool);
        if (dy.empty()) return;
        const auto product = [](float p, float q) { return p * q; };
        Tensor da(dy.shape(), DType::f32, &pool), db(dy.shape(), DType::f32, &pool);
        if (a.wanted()) {
            combine(da, dy.f32(), b_value.f32(), b_step, product);
            tape.add_gradient(a, std::move(da));
        }
        if (b.wanted()) {
            combine(db, dy.f32(), a_value.f32(), 1, product);
            tape.add_gradient(b, gathered(pool, db, b_step));
        }
    }
};

bool taped(const Context& context, const Dual& a, const Dual& b) {
    return context.tape != nullptr && (a.slot.wanted() || b.slot.wanted());
}

/// The last `n` rows of the tangent of x, with zeros above where it covers fewer; null pointer-free.
Tensor tangent_rows(const Context& context, const Dual& x, std::int64_t n) {
    if (x.tangent_rows() == n) return x.tangent;
    Tensor out = Tensor::zeros({n, x.cols()}, DType::f32, &context.pool);
    if (x.tangent_rows() > 0) out.row_range(n - x.tangent_rows(), n).copy_from(x.tangent);
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
    const std::int64_t step = step_of(a, b), moving = std::max(a.tangent_rows(), b.tangent_rows());
    const auto added = [&](const Tensor& p, const Tensor& q, std::int64_t rows) {
        Tensor out = context.make(rows_of(a.value.shape(), rows, a.rows()));
        if (step == 1)
            add_equal(cpu::team_of(context.device), out, p.f32(), q.f32(), sign);
        else
            combine(out, p.f32(), q.f32(), step, [sign](float x, float z) { return x + sign * z; });
        return out;
    };
    Dual y(added(a.value, b.value, a.rows()));
    if (moving > 0)
        y.tangent = added(tangent_rows(context, a, moving), tangent_rows(context, b, moving), moving);
    if (taped(context, a, b)) {
        y.slot = context.tape->new_slot();
        context.tape->record(SumRecord{context.pool, a.slot, b.slot, y.slot, sign, step});
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
    const std::int64_t step = step_of(a, b), moving = std::max(a.tangent_rows(), b.tangent_rows());
    const auto product = [](float p, float q) { return p * q; };
    Dual y(context.make(a.value.shape()));
    combine(y.value, a.value.f32(), b.value.f32(), step, product);
    if (moving > 0) {
        const std::int64_t from = a.rows() - moving;
        y.tangent = context.make({moving, a.cols()});
        Tensor other = context.make({moving, a.cols()});
        const Tensor da = tangent_rows(context, a, moving), db = tangent_rows(context, b, moving);
        combine(y.tangent, da.f32(), b.value.f32() + from * b.cols(), step, product);
        combine(other, a.value.f32() + from * a.cols(), db.f32(), step, product);
        combine(y.tangent, y.tangent.f32(), other.f32(), 1, [](float p, float q) { return p + q; });
    }
    if (taped(context, a, b)) {
        y.slot = context.tape->new_slot();
        context.tape->record(ProductRecord{context.pool, a.value, b.value, a.slot, b.slot, y.slot, step});
    }
    return y;
}

namespace {

struct ScaleRecord {
    Pool& pool;
    GradSlot a, y;
    float c;
    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y, pool);
        if (!dy.empty()) tape.add_gradient(a, scaled(pool, dy, c));
    }
};

}  // namespace

Dual scale(const Context& context, const Dual& a, float c) {
    Dual y(scaled(context.pool, a.value, c));
    if (!a.tangent.empty()) y.tangent = scaled(context.pool, a.tangent, c);
    if (context.tape != nullptr && a.slot.wanted()) {
        y.slot = context.tape->new_slot();
        context.tape->record(ScaleRecord{context.pool, a.slot, y.slot, c});
    }
    return y;
}

}  // namespace mf
