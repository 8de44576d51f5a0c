// SPDX-License-Identifier: MIT
// MeanFlow (arXiv 2505.13447) and improved MeanFlow (arXiv 2512.02012).
//
// The average velocity u(z_t, r, t) = 1/(t-r) ∫_r^t v(z_s, s) ds obeys u = v - (t-r) du/dt, where du/dt is the total
// derivative along the flow: the Jacobian-vector product of u with (dz, dr, dt) = (v, 0, 1).
//   mf    L = E |u - sg(v - (t-r) du/dt)|²        tangent: the conditional velocity of the sample
//   imf   L = E |V - v|²,  V = u + (t-r) sg(du/dt)   tangent: the network's own v_θ, a function of z_t alone
// Both residuals are the same expression; what makes imf calm is the tangent.
#pragma once

#include "objectives/objective.hpp"

namespace mf {

OptionTable meanflow_options();
OptionTable improved_meanflow_options();
std::unique_ptr<Objective> make_meanflow(const Settings& settings);
std::unique_ptr<Objective> make_improved_meanflow(const Settings& settings);

}  // namespace mf
