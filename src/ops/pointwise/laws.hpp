// SPDX-License-Identifier: MIT
// The list of all functions of one number: what knows them by name, computes, describes and tests them takes them from here.
#pragma once

#include "ops/pointwise/gelu.hpp"
#include "ops/pointwise/gelu_tanh.hpp"
#include "ops/pointwise/silu.hpp"

namespace mf {

template <class... Law>
struct LawList {
    /// visit.template operator()<Law>() for each of them, in order.
    template <class Visit>
    static void for_each(Visit visit) {
        (visit.template operator()<Law>(), ...);
    }
};

using PointwiseLaws = LawList<laws::GeluErf, laws::GeluTanh, laws::Silu>;

}  // namespace mf
