// SPDX-License-Identifier: MIT
#include "plot/loss_figures.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "core/error.hpp"

namespace mf::plot {
namespace {

constexpr std::size_t kMostPoints = 1600, kMostMeans = 500;
constexpr double kMostFlattening = 20;
constexpr double kRawOpacity = 0.3, kRawWidth = 0.7;

// The middle 99.6 % of the values with some air, or automatic when there are none.
Range calm_range(const std::vector<const LossCurve*>& curves) {
    std::vector<double> values;
    for (const LossCurve* curve : curves)
        std::copy_if(curve->losses.begin(), curve->losses.end(), std::back_inserter(values),
                     [](double value) { return std::abs(value) < 1e100; });
    if (values.size() < 2) return {};
    std::sort(values.begin(), values.end());
    const std::size_t cut = values.size() / 500;
    const double low = values[cut], high = values[values.size() - 1 - cut];
    const double pad = (high - low) * 0.08;
    return {low - pad, high + pad};
}

double last_mean(const std::vector<double>& values) {
    const std::size_t count = std::min<std::size_t>(values.size(), 100);
    const std::vector<double> tail(values.end() - static_cast<std::ptrdiff_t>(count), values.end());
    double sum = 0;
    for (const double value : tail) sum += value;
    return sum / static_cast<double>(count);
}

// Three decimals, or as many as the curve's own range needs: weighted losses live in the fifth one.
std::string last_mean_text(const LossCurve& curve) {
    if (curve.losses.empty()) return "no values";
    const Range range = calm_range({&curve});
    const double spread = range.automatic() ? 0 : range.high - range.low;
    const int decimals =
        spread > 0 ? std::clamp(2 - static_cast<int>(std::floor(std::log10(spread))), 3, 9) : 3;
    return fmt::format("{:.{}f}", last_mean(curve.losses), decimals);
}

// `most` values at most, the first and the last among them.
void pick_evenly(std::vector<double>& values, std::size_t most) {
    if (values.size() <= most) return;
    for (std::size_t i = 0; i < most; ++i) values[i] = values[i * (values.size() - 1) / (most - 1)];
    values.resize(most);
}

void add_curve(Panel& panel, const LossCurve& curve, Colour colour, const std::string& label) {
    check(curve.steps.size() == curve.losses.size(), "[losses_figure] {}: {} steps and {} losses", curve.name,
          curve.steps.size(), curve.losses.size());
    Line raw{
        .x = curve.steps, .y = curve.losses, .colour = colour, .width = kRawWidth, .opacity = kRawOpacity};
    Line mean{.x = curve.steps,
              .y = moving_mean(curve.losses, std::max<std::size_t>(curve.losses.size() / 50, 1)),
              .colour = colour,
              .label = label};
    thin_curve(raw.x, raw.y, kMostPoints);
    pick_evenly(mean.x, kMostMeans);
    pick_evenly(mean.y, kMostMeans);
    // Raw values of all the curves lie behind all the means.
    panel.layers.insert(panel.layers.begin(), std::move(raw));
    panel.layers.push_back(std::move(mean));
}

Range step_range(const std::vector<const LossCurve*>& curves) {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const LossCurve* curve : curves)
        for (const double step : curve->steps) {
            low = std::min(low, step);
            high = std::max(high, step);
        }
    return low < high ? Range{low, high} : Range{};
}

std::string axis_of(const LossCurve& curve) {
    return curve.against.empty() ? "loss" : "loss against " + curve.against;
}

bool same_target(const std::vector<LossCurve>& curves) {
    return std::ranges::all_of(curves, [&](const LossCurve& c) { return c.against == curves[0].against; });
}

Panel loss_panel(const std::vector<const LossCurve*>& curves, std::size_t first_colour) {
    Panel panel;
    panel.grid = true;
    panel.x_label = "iteration";
    panel.y_label = axis_of(*curves[0]);
    panel.x = step_range(curves);
    panel.y = calm_range(curves);
    const bool several = curves.size() > 1;
    for (std::size_t i = 0; i < curves.size(); ++i) {
        const LossCurve& curve = *curves[i];
        const std::string last = last_mean_text(curve);
        if (!several) {
            panel.title = curve.name;
            panel.caption = curve.losses.empty() ? "" : "mean of the last 100: " + last;
        }
        if (curve.losses.empty() && !several) panel.message = "no values";
        add_curve(panel, curve, method_colour(first_colour + i),
                  several ? curve.name + " (" + last + ")" : "");
    }
    return panel;
}

// One range of y for all the panels, unless that would press a curve flat.
void share_range(Figure& figure, const std::vector<LossCurve>& curves) {
    std::vector<const LossCurve*> all;
    for (const LossCurve& curve : curves) all.push_back(&curve);
    const Range shared = calm_range(all);
    for (const Panel& panel : figure.panels)
        if (panel.y.automatic() || shared.high - shared.low > kMostFlattening * (panel.y.high - panel.y.low))
            return;
    for (std::size_t i = 0; i < figure.panels.size(); ++i) {
        figure.panels[i].y = shared;
        if (i % figure.columns != 0) figure.panels[i].y_ticks = Ticks::marks;
    }
}

}  // namespace

Figure loss_figure(const LossCurve& curve) {
    Figure figure;
    figure.panel_width = 380;
    figure.panel_ratio = 0.6;
    figure.panels.push_back(loss_panel({&curve}, 0));
    return figure;
}

Figure losses_figure(const std::vector<LossCurve>& curves, bool together) {
    check(!curves.empty(), "[losses_figure] no curves");
    Figure figure;
    const bool comparable = same_target(curves);
    if (!comparable) figure.note = "the losses are against different things: their heights do not compare";
    if (together && comparable) {
        std::vector<const LossCurve*> all;
        for (const LossCurve& curve : curves) all.push_back(&curve);
        figure.panels.push_back(loss_panel(all, 0));
        if (all.size() > 1) figure.panels[0].caption = "in brackets: mean of the last 100";
        figure.panel_width = 460;
        figure.panel_ratio = 0.55;
        return figure;
    }
    figure.columns = std::min<std::size_t>(curves.size(), 3);
    figure.rows = (curves.size() + figure.columns - 1) / figure.columns;
    figure.panel_width = figure.columns == 1 ? 380 : 0;
    for (std::size_t i = 0; i < curves.size(); ++i) {
        figure.panels.push_back(loss_panel({&curves[i]}, i));
        if (comparable && i % figure.columns != 0) figure.panels.back().y_label.clear();
    }
    if (comparable) share_range(figure, curves);
    return figure;
}

std::vector<double> moving_mean(const std::vector<double>& values, std::size_t window) {
    const std::size_t half = std::max<std::size_t>(window, 1) / 2;
    // Sums and counts before each place, of the finite values.
    std::vector<double> sums(values.size() + 1, 0), counts(values.size() + 1, 0), out(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const bool finite = std::isfinite(values[i]);
        sums[i + 1] = sums[i] + (finite ? values[i] : 0);
        counts[i + 1] = counts[i] + (finite ? 1 : 0);
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t begin = i - std::min(i, half);
        // Near the start the window shrinks on both sides: a steep first descent is followed, not smeared.
        const std::size_t end = std::min(values.size(), i + std::min(i, half) + 1);
        const double count = counts[end] - counts[begin];
        out[i] = count > 0 ? (sums[end] - sums[begin]) / count : std::numeric_limits<double>::quiet_NaN();
    }
    return out;
}

void thin_curve(std::vector<double>& x, std::vector<double>& y, std::size_t most) {
    const std::size_t count = std::min(x.size(), y.size()), bins = std::max<std::size_t>(most / 2, 1);
    if (count <= 2 * bins) return;
    std::vector<double> thin_x, thin_y;
    for (std::size_t bin = 0; bin < bins; ++bin) {
        const std::size_t begin = bin * count / bins, end = (bin + 1) * count / bins;
        std::size_t low = begin, high = begin;
        for (std::size_t i = begin; i < end; ++i) {
            if (!std::isfinite(y[low]) || y[i] < y[low]) low = i;
            if (!std::isfinite(y[high]) || y[i] > y[high]) high = i;
        }
        for (const std::size_t i : {std::min(low, high), std::max(low, high)}) {
            thin_x.push_back(x[i]);
            thin_y.push_back(y[i]);
            if (low == high) break;
        }
    }
    x = std::move(thin_x);
    y = std::move(thin_y);
}

}  // namespace mf::plot
