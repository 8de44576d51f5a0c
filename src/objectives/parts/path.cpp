// SPDX-License-Identifier: MIT
#include "objectives/parts/path.hpp"

namespace mf {

Tensor Path::at(const Context& context, const Tensor& x, const Tensor& e, const Tensor& t) const {
    const Tensor &start = is_reverse() ? x : e, &end = is_reverse() ? e : x;
    Tensor z = context.make(x.shape());
    const std::int64_t cols = x.cols();
    for (std::int64_t i = 0; i < x.rows(); ++i) {
        const float s = t.f32()[i];
        for (std::int64_t j = i * cols; j < (i + 1) * cols; ++j)
            z.f32()[j] = (1.0F - s) * start.f32()[j] + s * end.f32()[j];
    }
    return z;
}

Tensor Path::velocity(const Context& context, const Tensor& x, const Tensor& e) const {
    const Tensor &start = is_reverse() ? x : e, &end = is_reverse() ? e : x;
    Tensor v = context.make(x.shape());
    for (std::int64_t i = 0; i < x.count(); ++i) v.f32()[i] = end.f32()[i] - start.f32()[i];
    return v;
}

const OptionTable& Path::options() {
    static const OptionTable table = {
        {"path.direction",
         OptionKind::text,
         "reverse",
         "reverse: t = 1 is noise (papers); forward: t = 0 is noise, r >= t; forward_as_published: the "
         "tutorial's, r <= t",
         0,
         0,
         {"reverse", "forward", "forward_as_published"}},
    };
    return table;
}

Path Path::make(const Settings& settings) {
    const std::string& name = settings.text("path.direction");
    return {name == "reverse"   ? Direction::reverse
            : name == "forward" ? Direction::forward
                                : Direction::forward_as_published};
}

}  // namespace mf
