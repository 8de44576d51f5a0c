// SPDX-License-Identifier: MIT
#include "ops/modulate.hpp"

#include <algorithm>

#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/row_math.hpp"

namespace mf {
namespace {

struct ModulateRecord {
    Team& team;
    Pool& pool;
    Tensor x, scale;
    GradSlot x_slot, shift_slot, scale_slot, y_slot;

    void operator()(Tape& tape) {
        Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty()) return;
        const std::int64_t c = x.cols(), tokens = x.rows() / scale.rows();
        Tensor dx(x.shape(), DType::f32, &pool);
        Tensor da = Tensor::zeros(scale.shape(), DType::f32, &pool);
        Tensor db = Tensor::zeros(scale.shape(), DType::f32, &pool);
        const float *x0 = x.f32(), *a0 = scale.f32(), *dy0 = dy.f32();
        float *dx0 = dx.f32(), *da0 = da.f32(), *db0 = db.f32();
        team.split(scale.rows(), 1, [=](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin * tokens; i < end * tokens; ++i) {
                const float *p = x0 + i * c, *a = a0 + i / tokens * c, *d = dy0 + i * c;
                float *to = dx0 + i * c, *a_sum = da0 + i / tokens * c, *b_sum = db0 + i / tokens * c;
                for (std::int64_t j = 0; j < c; ++j) {
                    to[j] = (1.0F + a[j]) * d[j];
                    a_sum[j] += p[j] * d[j];
                    b_sum[j] += d[j];
                }
            }
        });
        tape.add_gradient(x_slot, std::move(dx));
        tape.add_gradient(scale_slot, std::move(da));
        tape.add_gradient(shift_slot, std::move(db));
    }
};

/// Rows of a tangent that covers the last of `all` rows; null above them.
struct MovingRows {
    const Tensor& tangent;
    std::int64_t begin;
    MovingRows(const Tensor& t, std::int64_t all) : tangent(t), begin(all - (t.empty() ? 0 : t.rows())) {}
    const float* row(std::int64_t i) const {
        return i < begin ? nullptr : tangent.f32() + (i - begin) * tangent.cols();
    }
};

}  // namespace

Dual modulate(const Context& context, const Dual& x, const Dual& shift, const Dual& scale) {
    check(scale.rows() > 0 && x.rows() % scale.rows() == 0 && scale.cols() == x.cols() &&
              shift.value.shape() == scale.value.shape(),
          "[modulate] shift {} and scale {} do not fit x {}", shift.value.shape(), scale.value.shape(),
          x.value.shape());
    const std::int64_t c = x.cols(), rows = x.rows(), tokens = rows / scale.rows();
    Dual y(context.make(x.value.shape(), context.operand()));
    cpu::in_type(y.value, [&](auto* to) {
        const float *x0 = x.value.f32(), *a0 = scale.value.f32(), *b0 = shift.value.f32();
        cpu::team_of(context.device).split(rows, 16, [=](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const float *p = x0 + i * c, *a = a0 + i / tokens * c, *b = b0 + i / tokens * c;
                cpu::fill_row(
                    to + i * c, c,
                    [=](std::int64_t j) { return load(p + j) * (1.0F + load(a + j)) + load(b + j); },
                    [=](std::int64_t j) { return p[j] * (1.0F + a[j]) + b[j]; });
            }
        });
    });
    const std::int64_t n =
        std::max({x.tangent_rows(), scale.tangent_rows() * tokens, shift.tangent_rows() * tokens});
    if (n > 0) {
        y.tangent = context.make({n, c}, context.operand());
        const MovingRows dx(x.tangent, rows), da(scale.tangent, scale.rows()),
            db(shift.tangent, shift.rows());
        cpu::in_type(y.tangent, [&](auto* to) {
            cpu::team_of(context.device).split(n, 16, [&](std::int64_t begin, std::int64_t end) {
                for (std::int64_t k = begin; k < end; ++k) {
                    const std::int64_t i = rows - n + k;
                    const float *p = x.value.f32() + i * c, *a = scale.value.f32() + i / tokens * c;
                    const float *xd = dx.row(i), *ad = da.row(i / tokens), *bd = db.row(i / tokens);
                    for (std::int64_t j = 0; j < c; ++j) {
                        float sum = xd != nullptr ? xd[j] * (1.0F + a[j]) : 0.0F;
                        if (ad != nullptr) sum += p[j] * ad[j];
                        if (bd != nullptr) sum += bd[j];
                        cpu::set(to[k * c + j], sum);
                    }
                }
            });
        });
    }
    if (context.tape != nullptr) {
        y.slot = context.tape->new_slot();
        context.tape->record(ModulateRecord{cpu::team_of(context.device), context.pool, x.value, scale.value,
                                            x.slot, shift.slot, scale.slot, y.slot});
    }
    return y;
}

}  // namespace mf
