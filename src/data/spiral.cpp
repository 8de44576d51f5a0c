// SPDX-License-Identifier: MIT
// Spiral: arms that wind around each other from the middle outwards.
#include "data/point_sets.hpp"
#include "data/spiral_band.hpp"

namespace mf {

PointSetEntry spiral() {
    return {"spiral",
            "arms that wind around each other",
            {{"data.arms", OptionKind::integer, "2", "number of arms", 1, 8},
             {"data.turns", OptionKind::real, "1.5", "turns of an arm", 0.1, 8},
             {"data.noise", OptionKind::real, "0.08", "half the width of an arm", 0.001, 0.5}},
            [](const Settings& s) {
                const double noise = s.real("data.noise");
                const int arms = static_cast<int>(s.integer("data.arms"));
                return make_spiral_band("spiral", {arms, 0.25, 2 - noise, s.real("data.turns"), noise, 4});
            }};
}

}  // namespace mf
