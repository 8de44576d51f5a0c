// SPDX-License-Identifier: MIT
#include "ops/resize_bilinear.hpp"

#include <cmath>

#include "ops/separable.hpp"

namespace mf {

Dual resize_bilinear(const Context& context, const Dual& x, std::int64_t height, std::int64_t width,
                     ResizeRule rule) {
    const Shape& shape = x.value.shape();
    check(shape.rank() == 4, "[resize_bilinear] x must be (pictures, height, width, channels) but is {}",
          shape);
    check(height > 0 && width > 0 && shape[1] > 0 && shape[2] > 0, "[resize_bilinear] x {} to {} x {}", shape,
          height, width);
    const auto axis = [&](std::int64_t in, std::int64_t out) {
        const double step = static_cast<double>(in) / static_cast<double>(out);
        const double shift = rule == ResizeRule::half_pixel ? 0.5 : 0.0;
        return make_axis(context, in, out, 2, [=](std::int64_t o, auto add) {
            const double at = (static_cast<double>(o) + shift) * step - shift;
            const double position = std::clamp(at, 0.0, static_cast<double>(in - 1));
            const auto k = static_cast<std::int64_t>(position);
            const double part = position - static_cast<double>(k);
            add(k, 1 - part);
            if (part > 0) add(k + 1, part);
        });
    };
    return separable(context, x, axis(shape[1], height), axis(shape[2], width));
}

}  // namespace mf
