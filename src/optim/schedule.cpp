// SPDX-License-Identifier: MIT
#include "optim/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/error.hpp"

namespace mf {

double Schedule::at(std::int64_t k) const {
    if (k < warmup) return base * static_cast<double>(k) / static_cast<double>(warmup);
    if (kind == Kind::constant) {
        const std::int64_t left = std::max<std::int64_t>(0, total - k);
        if (left >= cooldown) return base;
        return base * ((1.0 - floor) * static_cast<double>(left) / static_cast<double>(cooldown) + floor);
    }
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
        {"schedule.cooldown", OptionKind::integer, "0",
         "constant: over the last so many steps the rate falls linearly to schedule.floor", 0},
        {"schedule.floor", OptionKind::real, "0", "last rate of cosine or cooldown as a share of optim.lr", 0,
         1},
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
    out.total = total_updates;
    out.cooldown = settings.integer("schedule.cooldown");
    if (out.cooldown > 0 && out.kind == Kind::cosine)
        throw UsageError("schedule.cooldown is for schedule.name=constant: a cosine falls all the way",
                         "leave out one of the two");
    return out;
}

}  // namespace mf
