// SPDX-License-Identifier: MIT
#include "optim/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mf {

double Schedule::at(std::int64_t k) const {
    if (k < warmup) return base * static_cast<double>(k) / static_cast<double>(warmup);
    if (kind == Kind::constant) return base;
    const double q = static_cast<double>(std::min(k - warmup, span)) /
                     static_cast<double>(std::max<std::int64_t>(span, 1));
    return base * ((1.0 - floor) * 0.5 * (1.0 + std::cos(std::numbers::pi * q)) + floor);
}

const OptionTable& Schedule::options() {
    static const OptionTable table = {
        {"schedule.name",
         OptionKind::text,
         "constant",
         "constant, or cosine down to schedule.floor at the last step",
         0,
         0,
         {"constant", "cosine"}},
        {"schedule.warmup", OptionKind::integer, "0", "steps of linear warm-up from 0", 0},
        {"schedule.floor", OptionKind::real, "0", "cosine: last rate as a share of optim.lr", 0, 1},
    };
    return table;
}

Schedule Schedule::make(const Settings& settings, std::int64_t total_updates) {
    Schedule out;
    out.kind = settings.text("schedule.name") == "cosine" ? Kind::cosine : Kind::constant;
    out.base = settings.real("optim.lr");
    out.warmup = settings.integer("schedule.warmup");
    out.span = std::max<std::int64_t>(1, total_updates - out.warmup);
    out.floor = settings.real("schedule.floor");
    return out;
}

}  // namespace mf
