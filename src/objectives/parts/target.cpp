// SPDX-License-Identifier: MIT
#include "objectives/parts/target.hpp"

namespace mf {
Tensor Target::velocity(const Context& context, const Path& path, const Draws& draws, const Tensor& z,
                        const Tensor& v) const {
    if (references == 0) return v;
    check(!draws.references.empty(), "[target] the draws hold no reference samples");
    Tensor out = context.make({z.rows(), z.cols()});
    context.device.posterior_velocity({.z = z,
                                       .v = v,
                                       .t = draws.t,
                                       .candidates = draws.references,
                                       .per_group = references,
                                       .first_in_group = draws.row_in_group,
                                       .noise_at_one = path.is_reverse(),
                                       .velocity = out},
                                      context.pool);
    return out;
}

OptionTable Target::options() {
    return {
        {"objective.target",
         OptionKind::text,
         "sample",
         "regress on: sample (e - x of the row) or stable (E[e - x | z_t] over objective.references samples)",
         0,
         0,
         {"sample", "stable"}},
        {"objective.references", OptionKind::integer, "256",
         "stable: samples of the batch among which the source of z_t is looked for", 1, 1 << 20}};
}

Target Target::make(const Settings& settings) {
    return {settings.text("objective.target") == "stable" ? settings.integer("objective.references") : 0};
}

}  // namespace mf
