// SPDX-License-Identifier: MIT
#include "ops/average_pool.hpp"

#include "ops/separable.hpp"

namespace mf {

Dual average_pool(const Context& context, const Dual& x, const PoolGeometry& g) {
    const Shape& shape = x.value.shape();
    g.check_fits("average_pool", shape);
    // A window inside the picture is one of rows times one of columns, so the count falls into two factors too.
    const auto axis = [&](std::int64_t in) {
        return make_axis(context, in, g.windows(in), g.kernel, [&g, in](std::int64_t o, auto add) {
            const std::int64_t begin = o * g.stride - g.padding, end = begin + g.kernel;
            const std::int64_t inside = std::min(end, in) - std::max<std::int64_t>(begin, 0);
            const double share = 1.0 / static_cast<double>(g.count_padding ? g.kernel : inside);
            for (std::int64_t k = begin; k < end; ++k) add(k, share);
        });
    };
    return separable(context, x, axis(shape[1]), axis(shape[2]));
}

}  // namespace mf
