// SPDX-License-Identifier: MIT
#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/row_math.hpp"

namespace mf {
namespace {

using cpu::fill_row;
using cpu::in_type;

/// Row i of a matrix reads row i / tokens of the gates; tokens 0: one gate for all rows.
struct Gates {
    const float* g;
    std::int64_t tokens;
    const float* row(std::int64_t i, std::int64_t c) const { return tokens == 0 ? g : g + i / tokens * c; }
};

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

void CpuDevice::gated_add(Into y, View x, View f, View g, std::int64_t tokens) {
    sum_rows(team_, y.f32(), x.f32(), f.f32(), {g.f32(), tokens}, y.rows, y.cols);
}

void CpuDevice::add_gated(Into y, View f, View g, std::int64_t tokens) {
    sum_rows(team_, y.f32(), y.f32(), f.f32(), {g.f32(), tokens}, y.rows, y.cols);
}

void CpuDevice::gate(Into df, View dy, View gates, std::int64_t tokens) {
    const std::int64_t c = dy.cols;
    const float* const from = dy.f32();
    const Gates g{gates.f32(), tokens};
    in_type(df, [&](auto* to) {
        team_.split(dy.rows, 16, [=](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const float *row = from + i * c, *w = g.row(i, c);
                fill_row(
                    to + i * c, c, [=](std::int64_t j) { return load(w + j) * load(row + j); },
                    [=](std::int64_t j) { return w[j] * row[j]; });
            }
        });
    });
}

void CpuDevice::gate_gradient(Into gates, View f, View dy, std::int64_t tokens) {
    const std::int64_t c = dy.cols, rows = dy.rows;
    const float *const a = f.f32(), *const b = dy.f32();
    float* const dg = gates.f32();
    const auto add = [=](float* sums, std::int64_t i, std::int64_t begin, std::int64_t end) {
        const float *p = a + i * c + begin, *q = b + i * c + begin;
        float* to = sums + begin;
        fill_row(
            to, end - begin, [=](std::int64_t j) { return load(to + j) + load(p + j) * load(q + j); },
            [=](std::int64_t j) { return to[j] + p[j] * q[j]; });
    };
    if (tokens > 0)  // a sample's gate belongs to one thread
        return team_.split(rows / tokens, 1, [=](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin * tokens; i < end * tokens; ++i) add(dg + i / tokens * c, i, 0, c);
        });
    team_.split(c, kVectorFloats, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = 0; i < rows; ++i) add(dg, i, begin, end);
    });
}

}  // namespace mf
