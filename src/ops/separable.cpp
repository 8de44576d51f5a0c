// SPDX-License-Identifier: MIT
#include "ops/separable.hpp"

#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/elementwise.hpp"
#include "ops/cpu/row_math.hpp"

namespace mf {
namespace {

/// One pixel's channels: the sum of w x over the entries of a row and a column.
void gather(float* to, const float* picture, const Axis& rows, const Axis& cols, std::int64_t i,
            std::int64_t j, std::int64_t c) {
    const auto sum = [&](std::int64_t channel, auto zero, auto read) {
        for (std::int32_t k = rows.firsts()[i]; k < rows.firsts()[i + 1]; ++k) {
            const float* row = picture + rows.indices()[k] * cols.in * c + channel;
            for (std::int32_t l = cols.firsts()[j]; l < cols.firsts()[j + 1]; ++l)
                zero += rows.weight.f32()[k] * cols.weight.f32()[l] * read(row + cols.indices()[l] * c);
        }
        return zero;
    };
    std::int64_t channel = 0;
    for (; channel + kVectorFloats <= c; channel += kVectorFloats)
        store(to + channel, sum(channel, FloatVector{}, [](const float* at) { return load(at); }));
    for (; channel < c; ++channel) to[channel] = sum(channel, 0.0F, [](const float* at) { return *at; });
}

Tensor apply(Team& team, Pool& pool, const Tensor& x, const Axis& rows, const Axis& cols) {
    const std::int64_t pictures = x.shape()[0], c = x.shape()[3];
    Tensor y({pictures, rows.out, cols.out, c}, DType::f32, &pool);
    const float* const from = x.f32();
    float* const to = y.f32();
    team.split(pictures * rows.out, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            const float* picture = from + row / rows.out * rows.in * cols.in * c;
            for (std::int64_t j = 0; j < cols.out; ++j)
                gather(to + (row * cols.out + j) * c, picture, rows, cols, row % rows.out, j, c);
        }
    });
    return y;
}

struct SeparableRecord {
    Team& team;
    Pool& pool;
    Axis rows, cols;
    Shape y_shape;
    GradSlot x_slot, y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty() || !x_slot.wanted()) return;
        tape.add_gradient(
            x_slot, apply(team, pool, dy.reshaped(y_shape), rows.transposed(pool), cols.transposed(pool)));
    }
};

}  // namespace

Axis Axis::transposed(Pool& pool) const {
    const std::int32_t entries = firsts()[out];
    Axis t{out, in, Tensor({in + 1}, DType::i32, &pool), Tensor({std::max(entries, 1)}, DType::i32, &pool),
           Tensor({std::max(entries, 1)}, DType::f32, &pool)};
    std::int32_t* const start = t.firsts();
    std::fill_n(start, in + 1, 0);
    for (std::int32_t e = 0; e < entries; ++e) ++start[indices()[e] + 1];
    for (std::int64_t k = 0; k < in; ++k) start[k + 1] += start[k];
    // Each start moves on to its row's end while the entries are put down, and back afterwards.
    for (std::int64_t o = 0; o < out; ++o)
        for (std::int32_t e = firsts()[o]; e < firsts()[o + 1]; ++e) {
            const std::int32_t place = start[indices()[e]]++;
            t.indices()[place] = static_cast<std::int32_t>(o);
            t.weight.f32()[place] = weight.f32()[e];
        }
    std::copy_backward(start, start + in, start + in + 1);
    start[0] = 0;
    return t;
}

Dual separable(const Context& context, const Dual& x, Axis rows, Axis cols) {
    const auto applied = [&](const Tensor& t) {
        return t.empty() ? t
                         : apply(cpu::team_of(context.device), context.pool,
                                 cpu::as_type(cpu::team_of(context.device), context.pool, t, DType::f32),
                                 rows, cols);
    };
    Dual y(applied(x.value));
    y.tangent = applied(x.tangent);
    if (context.tape != nullptr && x.slot.wanted()) {
        y.slot = context.tape->new_slot();
        context.tape->record(SeparableRecord{cpu::team_of(context.device), context.pool, std::move(rows),
                                             std::move(cols), y.value.shape(), x.slot, y.slot});
    }
    return y;
}

}  // namespace mf
