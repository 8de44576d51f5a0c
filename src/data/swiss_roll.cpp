// SPDX-License-Identifier: MIT
// Swiss roll: one long winding, seen from its end. The curve (s cos s, s sin s) for s from 1.5 pi to 4.5 pi,
// scaled.
#include "data/point_sets.hpp"
#include "data/spiral_band.hpp"

namespace mf {

PointSetEntry swiss_roll() {
    return {"swiss_roll",
            "a rolled-up band seen from its end",
            {{"data.noise", OptionKind::real, "0.1", "half the thickness of the band", 0.001, 0.5}},
            [](const Settings& s) {
                const double noise = s.real("data.noise");
                const double end = 2 - noise;
                return make_spiral_band("swiss_roll", {1, end / 3, end, 1.5, noise, 8});
            }};
}

}  // namespace mf
