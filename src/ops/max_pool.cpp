// SPDX-License-Identifier: MIT
#include "ops/max_pool.hpp"

#include <algorithm>

#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/elementwise.hpp"

namespace mf {
namespace {

struct Windows {
    PoolGeometry geometry;
    std::int64_t height, width, c, out_height, out_width;

    std::int64_t begin(std::int64_t o) const {
        return std::max<std::int64_t>(0, o * geometry.stride - geometry.padding);
    }
    std::int64_t end(std::int64_t o, std::int64_t side) const {
        return std::min<std::int64_t>(side, o * geometry.stride - geometry.padding + geometry.kernel);
    }
    /// First and last window that hold place k.
    std::int64_t first_with(std::int64_t k) const {
        const std::int64_t past = k + geometry.padding - geometry.kernel + 1;
        return past <= 0 ? 0 : (past + geometry.stride - 1) / geometry.stride;
    }
    std::int64_t last_with(std::int64_t k, std::int64_t windows) const {
        return std::min(windows - 1, (k + geometry.padding) / geometry.stride);
    }
};

/// y and, unless null, the place within its picture of every largest number.
void largest(Team& team, float* y, std::int32_t* places, const float* x, std::int64_t pictures,
             const Windows& w) {
    team.split(pictures * w.out_height, 1, [=](std::int64_t first, std::int64_t last) {
        for (std::int64_t row = first; row < last; ++row) {
            const float* picture = x + row / w.out_height * w.height * w.width * w.c;
            const std::int64_t i = row % w.out_height;
            for (std::int64_t j = 0; j < w.out_width; ++j) {
                float* best = y + (row * w.out_width + j) * w.c;
                std::int32_t* place = places != nullptr ? places + (row * w.out_width + j) * w.c : nullptr;
                const std::int64_t start = w.begin(i) * w.width + w.begin(j);
                std::copy_n(picture + start * w.c, w.c, best);
                if (place != nullptr) std::fill_n(place, w.c, static_cast<std::int32_t>(start));
                for (std::int64_t k = w.begin(i); k < w.end(i, w.height); ++k)
                    for (std::int64_t l = w.begin(j); l < w.end(j, w.width); ++l) {
                        const float* here = picture + (k * w.width + l) * w.c;
                        if (place == nullptr)
                            for (std::int64_t c = 0; c < w.c; ++c)
                                best[c] = here[c] <= best[c] || best[c] != best[c] ? best[c] : here[c];
                        else
                            for (std::int64_t c = 0; c < w.c; ++c)
                                if (!(here[c] <= best[c] || best[c] != best[c])) {
                                    best[c] = here[c];
                                    place[c] = static_cast<std::int32_t>(k * w.width + l);
                                }
                    }
            }
        }
    });
}

/// What the windows chose of d.
void chosen(Team& team, float* to, const std::int32_t* places, const float* d, std::int64_t pictures,
            const Windows& w) {
    team.split(pictures * w.out_height, 1, [=](std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first * w.out_width; i < last * w.out_width; ++i) {
            const float* picture = d + i / (w.out_height * w.out_width) * w.height * w.width * w.c;
            for (std::int64_t c = 0; c < w.c; ++c) to[i * w.c + c] = picture[places[i * w.c + c] * w.c + c];
        }
    });
}

struct MaxPoolRecord {
    Team& team;
    Pool& pool;
    Tensor places;
    Shape x_shape;
    Windows windows;
    GradSlot x_slot, y_slot;

    void operator()(Tape& tape) {
        const Tensor dy = tape.take_gradient_f32(y_slot, pool);
        if (dy.empty() || !x_slot.wanted()) return;
        Tensor dx(x_shape, DType::f32, &pool);
        spread(dx.f32(), dy.f32());
        tape.add_gradient(x_slot, std::move(dx));
    }

    /// Every place collects from the windows that chose it.
    void spread(float* dx, const float* dy) const {
        const Windows& w = windows;
        const auto* chosen_by = static_cast<const std::int32_t*>(places.raw());
        team.split(x_shape[0] * w.height, 1, [&w, dx, dy, chosen_by](std::int64_t first, std::int64_t last) {
            for (std::int64_t row = first; row < last; ++row)
                for (std::int64_t l = 0; l < w.width; ++l) {
                    const std::int64_t k = row % w.height, picture = row / w.height;
                    float* to = dx + (row * w.width + l) * w.c;
                    std::fill_n(to, w.c, 0.0F);
                    for (std::int64_t i = w.first_with(k); i <= w.last_with(k, w.out_height); ++i)
                        for (std::int64_t j = w.first_with(l); j <= w.last_with(l, w.out_width); ++j) {
                            const std::int64_t at = ((picture * w.out_height + i) * w.out_width + j) * w.c;
                            for (std::int64_t c = 0; c < w.c; ++c)
                                if (chosen_by[at + c] == k * w.width + l) to[c] += dy[at + c];
                        }
                }
        });
    }
};

}  // namespace

Dual max_pool(const Context& context, const Dual& x, const PoolGeometry& geometry) {
    const Shape& shape = x.value.shape();
    geometry.check_fits("max_pool", shape);
    const Windows w{
        geometry, shape[1], shape[2], shape[3], geometry.windows(shape[1]), geometry.windows(shape[2])};
    const std::int64_t pictures = shape[0], numbers = w.out_height * w.out_width * w.c;
    const bool taped = context.tape != nullptr && x.slot.wanted();
    Dual y(context.make({pictures, w.out_height, w.out_width, w.c}));
    Tensor places;
    if (taped || !x.tangent.empty()) places = context.make(y.value.shape(), DType::i32);
    auto* const at = static_cast<std::int32_t*>(places.raw());
    const Tensor value = cpu::as_type(cpu::team_of(context.device), context.pool, x.value, DType::f32);
    largest(cpu::team_of(context.device), y.value.f32(), at, value.f32(), pictures, w);
    if (!x.tangent.empty()) {
        const std::int64_t moving = x.tangent.shape()[0];
        const Tensor d = cpu::as_type(cpu::team_of(context.device), context.pool, x.tangent, DType::f32);
        y.tangent = context.make({moving, w.out_height, w.out_width, w.c});
        chosen(cpu::team_of(context.device), y.tangent.f32(), at + (pictures - moving) * numbers, d.f32(),
               moving, w);
    }
    if (taped) {
        y.slot = context.tape->new_slot();
        context.tape->record(MaxPoolRecord{cpu::team_of(context.device), context.pool, std::move(places),
                                           shape, w, x.slot, y.slot});
    }
    return y;
}

}  // namespace mf
