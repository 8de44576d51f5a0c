// SPDX-License-Identifier: MIT
#include "ops/upsample_nearest.hpp"

#include "ops/separable.hpp"

namespace mf {

Dual upsample_nearest(const Context& context, const Dual& x) {
    check(x.value.shape().rank() == 4,
          "[upsample_nearest] x must be (pictures, height, width, channels) but is {}", x.value.shape());
    const auto axis = [&](std::int64_t in) {
        return make_axis(context, in, 2 * in, 1, [](std::int64_t o, auto add) { add(o / 2, 1.0); });
    };
    return separable(context, x, axis(x.value.shape()[1]), axis(x.value.shape()[2]));
}

}  // namespace mf
