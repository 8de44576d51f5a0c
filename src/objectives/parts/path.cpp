// SPDX-License-Identifier: MIT
#include "objectives/parts/path.hpp"

namespace mf {

Tensor Path::at(const Context& context, const Tensor& x, const Tensor& e, const Tensor& t) const {
    const Tensor &start = is_reverse() ? x : e, &end = is_reverse() ? e : x;
    Tensor z = context.make(x.shape());
    const std::int64_t rows = x.rows(), cols = x.cols();
    const float *a = start.f32(), *b = end.f32(), *times = t.f32();
    float* to = z.f32();
    for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t j = i * cols; j < (i + 1) * cols; ++j)
            to[j] = (1.0F - times[i]) * a[j] + times[i] * b[j];
    return z;
}

Tensor Path::velocity(const Context& context, const Tensor& x, const Tensor& e) const {
    const Tensor &start = is_reverse() ? x : e, &end = is_reverse() ? e : x;
    Tensor v = context.make(x.shape());
    const float *a = start.f32(), *b = end.f32();
    float* to = v.f32();
    for (std::int64_t i = 0, n = x.count(); i < n; ++i) to[i] = b[i] - a[i];
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
