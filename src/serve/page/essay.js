// SPDX-License-Identifier: MIT
// What the panels show, in words. Time t runs from noise (1) to data (0): z = (1 − t) x + t e.
import {make} from "/controls.js";

const parts = [
  ["Velocity at a point", "v(z, t) = E[ e − x | z at time t ]",
   "Flow matching (fm) learns where points at z move at time t: the mean over every pair of noise e and data x whose line passes there. Ways bend, for v changes along them. " +
   "At t = 1 nothing tells the data apart yet, so one step of fm carries every point to the mean of all data. Choose 1 step, then 2, 4, 8, 100: it needs many."],
  ["Average velocity", "u(z, r, t) = 1 / (t − r) ∫ v dτ, from r to t along the way",
   "MeanFlow (mf, imf) learns the mean of v over a whole stretch of the way. One call is the whole jump, however the way bends: " +
   "z at r is z − (t − r) u(z, r, t), and one step is x = e − u(e, 0, 1). Follow a point: its one thick line ends where the thin way of 100 steps does, as nearly as the network has learned u."],
  ["Learned without integrals", "u = v − (t − r) du/dt,   du/dt = ∂u/∂z · v + ∂u/∂t",
   "Differentiating the mean by t gives this identity, and du/dt is one product with the network's Jacobian, computed forward beside u. " +
   "mf puts e − x for v and trains u to be the right-hand side; imf trains u + (t − r) du/dt to be e − x, with its own v in du/dt, so that what it aims at does not depend on the network."],
];

export function essay(place) {
  place.append(...parts.map(([title, formula, text]) =>
    make("section", {}, make("h2", {}, title), make("span", {class: "formula"}, formula), make("p", {}, text))));
}
