// SPDX-License-Identifier: MIT
// Loss curves: every recorded value in a light colour, a moving mean over it in a strong one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plot/figure.hpp"

namespace mf::plot {

struct LossCurve {
    std::string name;
    std::vector<double> steps, losses;  ///< equally long
    std::string against = {};           ///< what the loss is the distance to: "e − x"; empty: not said
};

/// One curve.
Figure loss_figure(const LossCurve& curve);
/// Several curves: a panel each, or all in one with a legend. Colours are those of the methods' rows in the
/// other figures, when the order is the same. Under each panel (in the legend, when together): mean of the
/// last 100 values. The range of y leaves out the outermost 0.2 % of the values, so that one spike does not
/// flatten the curve; panels share it unless a curve would be pressed flat. The axis says what the losses are against;
/// where curves are against different things, each has its own panel and range, and the note says that heights do not
/// compare.
Figure losses_figure(const std::vector<LossCurve>& curves, bool together = false);

/// Centred moving mean over `window` values, fewer near the ends; what is not finite does not count.
std::vector<double> moving_mean(const std::vector<double>& values, std::size_t window);

/// At most about `most` points of a curve that look the same: of every bin, the lowest and the highest in
/// their order.
void thin_curve(std::vector<double>& x, std::vector<double>& y, std::size_t most);

}  // namespace mf::plot
