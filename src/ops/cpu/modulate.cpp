// SPDX-License-Identifier: MIT
#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/row_math.hpp"

namespace mf {
namespace {

/// Rows of a tangent that covers the last of `all` rows; null above them.
struct MovingRows {
    View tangent;
    std::int64_t begin;
    MovingRows(View t, std::int64_t all) : tangent(t), begin(all - (t.empty() ? 0 : t.rows)) {}
    const float* row(std::int64_t i) const {
        return i < begin ? nullptr : tangent.f32() + (i - begin) * tangent.cols;
    }
};

template <class Out>
void value(Team& team, Out* to, const ModulatePass& p) {
    const std::int64_t c = p.x.cols, tokens = p.x.rows / p.scale.rows;
    const float *x0 = p.x.f32(), *a0 = p.scale.f32(), *b0 = p.shift.f32();
    team.split(p.x.rows, 16, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const float *x = x0 + i * c, *a = a0 + i / tokens * c, *b = b0 + i / tokens * c;
            cpu::fill_row(
                to + i * c, c,
                [=](std::int64_t j) { return load(x + j) * (1.0F + load(a + j)) + load(b + j); },
                [=](std::int64_t j) { return x[j] * (1.0F + a[j]) + b[j]; });
        }
    });
}

/// One row of the tangent; parts that do not move are null. Not inline: where it is called from must not decide which
/// products are fused.
template <class Out>
[[gnu::noinline]] void tangent_row(Out* to, std::int64_t c, const float* x, const float* a,
                                   const float* x_dot, const float* a_dot, const float* b_dot) {
    for (std::int64_t j = 0; j < c; ++j) {
        float sum = x_dot != nullptr ? x_dot[j] * (1.0F + a[j]) : 0.0F;
        if (a_dot != nullptr) sum += x[j] * a_dot[j];
        if (b_dot != nullptr) sum += b_dot[j];
        cpu::set(to[j], sum);
    }
}

template <class Out>
void tangent(Team& team, Out* to, const ModulatePass& pass) {
    const std::int64_t c = pass.x.cols, rows = pass.x.rows, tokens = rows / pass.scale.rows,
                       n = pass.y_dot.rows;
    const MovingRows dx(pass.x_dot, rows), da(pass.scale_dot, pass.scale.rows),
        db(pass.shift_dot, pass.shift.rows);
    team.split(n, 16, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t k = begin; k < end; ++k) {
            const std::int64_t i = rows - n + k, gate = i / tokens;
            tangent_row(to + k * c, c, pass.x.f32() + i * c, pass.scale.f32() + gate * c, dx.row(i),
                        da.row(gate), db.row(gate));
        }
    });
}

}  // namespace

void CpuDevice::modulate(const ModulatePass& pass) {
    cpu::in_type(pass.y, [&](auto* to) { value(team_, to, pass); });
    if (!pass.y_dot.empty()) cpu::in_type(pass.y_dot, [&](auto* to) { tangent(team_, to, pass); });
}

void CpuDevice::modulate_adjoint(Into dx, Into dshift, Into dscale, View dy, View x, View scale) {
    const std::int64_t c = x.cols, tokens = x.rows / scale.rows;
    zero(dscale.data, static_cast<std::size_t>(dscale.count()) * sizeof(float));
    zero(dshift.data, static_cast<std::size_t>(dshift.count()) * sizeof(float));
    const float *x0 = x.f32(), *a0 = scale.f32(), *dy0 = dy.f32();
    float *dx0 = dx.f32(), *da0 = dscale.f32(), *db0 = dshift.f32();
    team_.split(scale.rows, 1, [=](std::int64_t begin, std::int64_t end) {
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
}

}  // namespace mf
