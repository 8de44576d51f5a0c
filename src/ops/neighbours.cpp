// SPDX-License-Identifier: MIT
#include "ops/neighbours.hpp"

#include <algorithm>

#include "ops/cpu/cpu_device.hpp"

namespace mf {
namespace {

struct Grid {
    std::int64_t height, width, c;
    std::int64_t places() const { return height * width; }
    bool holds(std::int64_t i, std::int64_t j) const { return i >= 0 && i < height && j >= 0 && j < width; }
};

template <class Number>
void gather(Team& team, Number* to, const Number* from, std::int64_t samples, const Grid& g) {
    team.split(samples, 1, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t s = begin; s < end; ++s)
            for (std::int64_t i = 0; i < g.height; ++i)
                for (std::int64_t j = 0; j < g.width; ++j) {
                    Number* out = to + (s * g.places() + i * g.width + j) * 9 * g.c;
                    for (std::int64_t u = i - 1; u <= i + 1; ++u)
                        for (std::int64_t v = j - 1; v <= j + 1; ++v, out += g.c) {
                            if (g.holds(u, v))
                                std::copy_n(from + (s * g.places() + u * g.width + v) * g.c, g.c, out);
                            else
                                std::fill_n(out, g.c, Number{});
                        }
                }
    });
}

Tensor gathered(const Context& context, const Tensor& x, const Grid& g) {
    Tensor y = context.make({x.rows(), 9 * g.c}, x.dtype());
    const std::int64_t samples = x.rows() / g.places();
    if (x.dtype() == DType::bf16)
        gather(cpu::team_of(context.device), y.bf16(), x.bf16(), samples, g);
    else
        gather(cpu::team_of(context.device), y.f32(), x.f32(), samples, g);
    return y;
}

/// Every place collects what it gave to its neighbours.
void collect(Team& team, float* dx, const float* dy, std::int64_t samples, const Grid& g) {
    team.split(samples, 1, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t s = begin; s < end; ++s)
            for (std::int64_t i = 0; i < g.height; ++i)
                for (std::int64_t j = 0; j < g.width; ++j) {
                    float* out = dx + (s * g.places() + i * g.width + j) * g.c;
                    std::fill_n(out, g.c, 0.0F);
                    for (std::int64_t u = 0; u < 3; ++u)
                        for (std::int64_t v = 0; v < 3; ++v) {
                            const std::int64_t k = i - u + 1, l = j - v + 1;
                            if (!g.holds(k, l)) continue;
                            const float* in = dy + ((s * g.places() + k * g.width + l) * 9 + 3 * u + v) * g.c;
                            for (std::int64_t c = 0; c < g.c; ++c) out[c] += in[c];
                        }
                }
    });
}

struct NeighboursRecord {
    Team& team;
    Pool& pool;
    Grid grid;
    std::int64_t rows;
    GradSlot x_slot, y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty() || !x_slot.wanted()) return;
        Tensor dx({rows, grid.c}, DType::f32, &pool);
        collect(team, dx.f32(), dy.f32(), rows / grid.places(), grid);
        tape.add_gradient(x_slot, std::move(dx));
    }
};

}  // namespace

Dual neighbours(const Context& context, const Dual& x, std::int64_t height, std::int64_t width) {
    const Grid grid{height, width, x.cols()};
    check(height > 0 && width > 0 && x.rows() % grid.places() == 0 && x.tangent_rows() % grid.places() == 0,
          "[neighbours] x {} does not hold grids of {} x {}", x.value.shape(), height, width);
    Dual y(gathered(context, x.value, grid));
    if (!x.tangent.empty()) y.tangent = gathered(context, x.tangent, grid);
    if (context.tape != nullptr && x.slot.wanted()) {
        y.slot = context.tape->new_slot();
        context.tape->record(
            NeighboursRecord{cpu::team_of(context.device), context.pool, grid, x.rows(), x.slot, y.slot});
    }
    return y;
}

}  // namespace mf
