// SPDX-License-Identifier: MIT
#include "ops/cpu/gated_add.hpp"

#include "ops/cpu/row_math.hpp"

namespace mf::cpu {
namespace {

/// out = base + g f by rows.
void sum_rows(Team& team, float* out, const float* base, const float* f, Gates g, std::int64_t rows,
              std::int64_t c) {
    team.split(rows, 16, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const float *a = base + i * c, *b = f + i * c, *w = g.row(i, c);
            fill_row(
                out + i * c, c, [=](std::int64_t j) { return load(a + j) + load(w + j) * load(b + j); },
                [=](std::int64_t j) { return a[j] + w[j] * b[j]; });
        }
    });
}

}  // namespace

void gated_add(Team& team, Tensor& y, const float* x, const float* f, Gates g) {
    sum_rows(team, y.f32(), x, f, g, y.rows(), y.cols());
}

void add_gated(Team& team, Tensor& y, const float* f, Gates g) {
    sum_rows(team, y.f32(), y.f32(), f, g, y.rows(), y.cols());
}

void gate(Team& team, Tensor& df, const Tensor& dy, Gates g) {
    const std::int64_t c = dy.cols();
    const float* const from = dy.f32();
    in_type(df, [&](auto* to) {
        team.split(dy.rows(), 16, [=](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const float *row = from + i * c, *w = g.row(i, c);
                fill_row(
                    to + i * c, c, [=](std::int64_t j) { return load(w + j) * load(row + j); },
                    [=](std::int64_t j) { return w[j] * row[j]; });
            }
        });
    });
}

void gate_gradient(Team& team, float* dg, const Tensor& f, const Tensor& dy, std::int64_t tokens) {
    const std::int64_t c = dy.cols(), rows = dy.rows();
    const float *const a = f.f32(), *const b = dy.f32();
    const auto add = [=](float* sums, std::int64_t i, std::int64_t begin, std::int64_t end) {
        const float *p = a + i * c + begin, *q = b + i * c + begin;
        float* to = sums + begin;
        fill_row(
            to, end - begin, [=](std::int64_t j) { return load(to + j) + load(p + j) * load(q + j); },
            [=](std::int64_t j) { return to[j] + p[j] * q[j]; });
    };
    if (tokens > 0)  // a sample's gate belongs to one thread
        return team.split(rows / tokens, 1, [=](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin * tokens; i < end * tokens; ++i) add(dg + i / tokens * c, i, 0, c);
        });
    team.split(c, kVectorFloats, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = 0; i < rows; ++i) add(dg, i, begin, end);
    });
}

}  // namespace mf::cpu
