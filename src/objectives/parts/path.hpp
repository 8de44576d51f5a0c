// SPDX-License-Identifier: MIT
// The straight path between noise and data.
//   reverse (the papers):    z_t = (1 - t) x + t e,   v = e - x     t = 1 is noise
//   forward (the tutorial):  z_t = (1 - t) e + t x,   v = x - e     t = 0 is noise
#pragma once

#include "core/options.hpp"
#include "ops/context.hpp"

namespace mf {

enum class Direction : std::uint8_t { reverse, forward, forward_as_published };

struct Path {
    Direction direction = Direction::reverse;

    bool is_reverse() const { return direction == Direction::reverse; }
    /// z_t (rows, D) from x, e (rows, D) and t (rows, 1).
    Tensor at(const Context& context, const Tensor& x, const Tensor& e, const Tensor& t) const;
    /// v = dz_t/dt (rows, D).
    Tensor velocity(const Context& context, const Tensor& x, const Tensor& e) const;

    static const OptionTable& options();
    static Path make(const Settings& settings);
};

}  // namespace mf
