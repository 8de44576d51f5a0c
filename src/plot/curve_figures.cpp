// SPDX-License-Identifier: MIT
#include "plot/curve_figures.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.hpp"

namespace mf::plot {
namespace {

constexpr double kWideSpan =
    30;  // largest to smallest value, from which on a logarithmic axis has labels to show

// Smallest positive and largest value, or low > high.
Range span_of(const CurvePanel& panel) {
    Range out{std::numeric_limits<double>::infinity(), 0};
    for (const NamedCurve& curve : panel.curves)
        for (const double value : curve.values) {
            if (!std::isfinite(value)) continue;
            if (value > 0) out.low = std::min(out.low, value);
            out.high = std::max(out.high, value);
        }
    return out;
}

Panel panel_of(const CurvePanel& asked) {
    Panel out{.title = asked.title, .grid = true};
    const Range span = span_of(asked);
    out.log_y = asked.log_y && span.high > kWideSpan * span.low;
    if (span.high > 0)
        out.y = out.log_y ? Range{span.low / 1.5, span.high * 1.5} : Range{0, 1.06 * span.high};
    for (std::size_t i = 0; i < asked.curves.size(); ++i) {
        const NamedCurve& curve = asked.curves[i];
        check(curve.steps.size() == curve.values.size(), "[curves_figure] {}: {} steps and {} values",
              curve.name, curve.steps.size(), curve.values.size());
        if (curve.steps.empty()) continue;
        out.layers.emplace_back(
            Line{.x = curve.steps, .y = curve.values, .colour = method_colour(i), .label = curve.name});
        // Few looks are dots too: a line between two of them says little.
        if (curve.steps.size() > 30) continue;
        Points dots{.colour = method_colour(i), .size = 3.4, .opacity = 1};
        for (std::size_t k = 0; k < curve.steps.size(); ++k)
            if (std::isfinite(curve.values[k]) && !(out.log_y && curve.values[k] <= 0)) {
                dots.xy.push_back(static_cast<float>(curve.steps[k]));
                dots.xy.push_back(static_cast<float>(curve.values[k]));
            }
        if (!dots.xy.empty()) out.layers.emplace_back(std::move(dots));
    }
    return out;
}

}  // namespace

Figure curves_figure(const std::vector<CurvePanel>& panels, const std::string& note) {
    Figure figure;
    figure.note = note;
    for (const CurvePanel& panel : panels)
        if (std::ranges::any_of(panel.curves, [](const NamedCurve& curve) { return !curve.steps.empty(); }))
            figure.panels.push_back(panel_of(panel));
    check(!figure.panels.empty(), "[curves_figure] there is nothing to show");
    figure.columns = std::min<std::size_t>(figure.panels.size(), 3);
    figure.rows = (figure.panels.size() + figure.columns - 1) / figure.columns;
    figure.panel_ratio = 0.62;
    for (std::size_t i = 0; i < figure.panels.size(); ++i)
        if (i + figure.columns >= figure.panels.size()) figure.panels[i].x_label = "training step";
    return figure;
}

}  // namespace mf::plot
