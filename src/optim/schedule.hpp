// SPDX-License-Identifier: MIT
// Learning rate as a function of the update's number.
#pragma once

#include <cstdint>

#include "core/options.hpp"

namespace mf {

struct Schedule {
    enum class Kind : std::uint8_t { constant, cosine };
    Kind kind = Kind::constant;
    double base = 1e-3;
    std::int64_t warmup = 0;  ///< updates over which the rate rises linearly from 0 to base
    std::int64_t span = 1;    ///< cosine: updates after the warm-up until the rate reaches floor * base
    double floor = 0;
    std::int64_t total = 0;  ///< updates of the run
    std::int64_t cooldown =
        0;  ///< constant: over the last so many updates the rate falls linearly to floor * base

    /// Rate of update k, from 0. (optax.warmup_cosine_decay_schedule with span = decay_steps - warmup; constant with a
    /// cooldown is the warmup-stable-decay schedule of MiniCPM, arXiv 2404.06395, section 4, with a linear end.)
    double at(std::int64_t k) const;

    /// schedule.*; `optim.lr` is the base rate.
    static const OptionTable& options();
    static Schedule make(const Settings& settings, std::int64_t total_updates);
};

}  // namespace mf
