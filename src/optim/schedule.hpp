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

    /// Rate of update k, from 0. (optax.warmup_cosine_decay_schedule with span = decay_steps - warmup.)
    double at(std::int64_t k) const;

    /// schedule.*; `optim.lr` is the base rate.
    static const OptionTable& options();
    static Schedule make(const Settings& settings, std::int64_t total_updates);
};

}  // namespace mf
