// SPDX-License-Identifier: MIT
#include "objectives/fm.hpp"
#include "objectives/meanflow.hpp"

namespace mf {

const Catalogue<ObjectiveFactory>& objective_catalogue() {
    static const Catalogue<ObjectiveFactory> catalogue(
        "objective",
        {
            {"fm", "flow matching: the instantaneous velocity v(z, t)", flow_matching_options(),
             make_flow_matching},
            {"mf", "MeanFlow: the average velocity u(z, r, t)", meanflow_options(), make_meanflow},
            {"imf", "improved MeanFlow: V = u + (t-r) sg(du/dt) against v, with the network's own tangent",
             improved_meanflow_options(), make_improved_meanflow},
        });
    return catalogue;
}

}  // namespace mf
