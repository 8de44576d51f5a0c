// SPDX-License-Identifier: MIT
#include "ops/patchify.hpp"

#include "ops/cpu/cpu_device.hpp"

namespace mf {
namespace {

/// What is in which order within a patch.
enum class Entries : std::uint8_t { channel_first, channel_last };

/// Copies images to patches (or patches to images when `back`).
void permute(Team& team, Tensor& to, const Tensor& from, const PatchGrid& g, Entries entries, bool back) {
    const float* source = from.f32();
    float* target = to.f32();
    const std::int64_t across = g.width / g.patch, samples = to.count() / g.pixels();
    team.split(samples, 1, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t s = begin; s < end; ++s)
            for (std::int64_t y = 0; y < g.height; ++y)
                for (std::int64_t x = 0; x < g.width; ++x) {
                    const std::int64_t patch =
                        (s * (g.height / g.patch) + y / g.patch) * across + x / g.patch;
                    const std::int64_t i = y % g.patch, j = x % g.patch;
                    const std::int64_t pixel = ((s * g.height + y) * g.width + x) * g.channels;
                    for (std::int64_t c = 0; c < g.channels; ++c) {
                        const std::int64_t entry = entries == Entries::channel_first
                                                       ? (c * g.patch + i) * g.patch + j
                                                       : (i * g.patch + j) * g.channels + c;
                        const std::int64_t place = patch * g.entries() + entry;
                        if (back)
                            target[pixel + c] = source[place];
                        else
                            target[place] = source[pixel + c];
                    }
                }
    });
}

struct PermuteRecord {
    Team& team;
    Pool& pool;
    PatchGrid grid;
    Shape x_shape;
    Entries entries;
    bool back;  ///< of the forward pass
    GradSlot x_slot, y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty() || !x_slot.wanted()) return;
        Tensor dx(x_shape, DType::f32, &pool);
        permute(team, dx, dy, grid, entries, !back);
        tape.add_gradient(x_slot, std::move(dx));
    }
};

Dual permuted(const Context& context, const Dual& x, const PatchGrid& grid, Entries entries, bool back) {
    const std::int64_t samples = x.value.count() / grid.pixels();
    const auto shape_of = [&](std::int64_t n) {
        return back ? Shape{n, grid.pixels()} : Shape{n * grid.count(), grid.entries()};
    };
    Dual y(context.make(shape_of(samples)));
    permute(cpu::team_of(context.device), y.value, x.value, grid, entries, back);
    if (!x.tangent.empty()) {
        check(x.tangent.count() % grid.pixels() == 0, "[patchify] a tangent {} ends inside a sample",
              x.tangent.shape());
        y.tangent = context.make(shape_of(x.tangent.count() / grid.pixels()));
        permute(cpu::team_of(context.device), y.tangent, x.tangent, grid, entries, back);
    }
    if (context.tape != nullptr && x.slot.wanted()) {
        y.slot = context.tape->new_slot();
        context.tape->record(PermuteRecord{cpu::team_of(context.device), context.pool, grid, x.value.shape(),
                                           entries, back, x.slot, y.slot});
    }
    return y;
}

}  // namespace

Dual patchify(const Context& context, const Dual& x, const PatchGrid& grid) {
    check(x.cols() == grid.pixels(), "[patchify] x must be (samples, {} * {} * {}) but is {}", grid.height,
          grid.width, grid.channels, x.value.shape());
    return permuted(context, x, grid, Entries::channel_first, false);
}

Dual unpatchify(const Context& context, const Dual& y, const PatchGrid& grid) {
    check(y.cols() == grid.entries() && y.rows() % grid.count() == 0,
          "[unpatchify] y must be (samples * {}, {}) but is {}", grid.count(), grid.entries(),
          y.value.shape());
    return permuted(context, y, grid, Entries::channel_last, true);
}

}  // namespace mf
