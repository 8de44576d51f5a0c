// SPDX-License-Identifier: MIT
#include "ops/resample_filter.hpp"

#include <array>

#include "ops/separable.hpp"

namespace mf {
namespace {

constexpr std::array<double, 4> kFilter = {1, 3, 3, 1};

}  // namespace

Dual resample_filter(const Context& context, const Dual& x, Resample direction) {
    const Shape& shape = x.value.shape();
    check(shape.rank() == 4, "[resample_filter] x must be (pictures, height, width, channels) but is {}",
          shape);
    const bool down = direction == Resample::down;
    check(!down || (shape[1] > 1 && shape[2] > 1), "[resample_filter] x {} is too small to be halved", shape);
    const auto axis = [&](std::int64_t in) {
        if (down)
            return make_axis(context, in, in / 2, 4, [](std::int64_t o, auto add) {
                for (std::int64_t u = 0; u < 4; ++u)
                    add(2 * o + u - 1, kFilter[static_cast<std::size_t>(u)] / 8);
            });
        return make_axis(context, in, 2 * in, 2, [](std::int64_t o, auto add) {
            for (std::int64_t i = (o + 1) / 2 - 1; i <= (o + 1) / 2; ++i)
                if (const std::int64_t u = o - 2 * i + 1; u >= 0 && u < 4)
                    add(i, kFilter[static_cast<std::size_t>(u)] / 4);
        });
    };
    return separable(context, x, axis(shape[1]), axis(shape[2]));
}

}  // namespace mf
