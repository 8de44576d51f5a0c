// SPDX-License-Identifier: MIT
#include "objectives/parts/path.hpp"

namespace mf {

Tensor Path::at(const Context& context, const Tensor& x, const Tensor& e, const Tensor& t) const {
    const Tensor &start = is_reverse() ? x : e, &end = is_reverse() ? e : x;
    Tensor z = context.make(x.shape());
    context.device.mix_by_time(z, start, end, t);
    return z;
}

Tensor Path::velocity(const Context& context, const Tensor& x, const Tensor& e) const {
    const Tensor &start = is_reverse() ? x : e, &end = is_reverse() ? e : x;
    Tensor v = context.make(x.shape());
    context.device.add(v, end, start, -1.0F);
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
