// SPDX-License-Identifier: MIT
#include "plot/bar_figures.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.hpp"

namespace mf::plot {
namespace {

constexpr double kThickness = 0.68, kRowHeight = 21;
constexpr std::size_t kMostAbreast = 6;  // panels side by side; more go below, so that a page can hold them

double mean_of(const std::vector<double>& values) {
    return values.empty()
               ? 0
               : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

Panel panel_of(const BarPanel& asked, std::size_t rows) {
    check(asked.values.size() == rows, "[bars_figure] {}: expected {} rows, got {}", asked.title, rows,
          asked.values.size());
    Panel out{.title = asked.title, .y = {0, static_cast<double>(rows)}};
    Tiles first{.cells = {}, .colour = kCloudGrey}, others{.cells = {}, .colour = kBlue};
    Points dots{.colour = kInk, .size = 2.6, .opacity = 0.8};
    double low = 0, high = 0;
    for (std::size_t i = 0; i < rows; ++i) {
        std::vector<double> finite;
        std::ranges::copy_if(asked.values[i], std::back_inserter(finite),
                             [](double v) { return std::isfinite(v); });
        if (finite.empty()) continue;
        const double mean = mean_of(finite), middle = static_cast<double>(rows - 1 - i) + 0.5;
        (i == 0 ? first : others)
            .cells.push_back(
                {std::min(0.0, mean), std::max(0.0, mean), middle - kThickness / 2, middle + kThickness / 2});
        for (const double value : finite) {
            low = std::min(low, value);
            high = std::max(high, value);
            if (finite.size() < 2) continue;
            dots.xy.push_back(static_cast<float>(value));
            dots.xy.push_back(static_cast<float>(middle));
        }
    }
    if (!(high > low)) high = low + 1;
    out.x = {low < 0 ? low - 0.05 * (high - low) : 0, high + 0.06 * (high - low)};
    for (Tiles* tiles : {&first, &others})
        if (!tiles->cells.empty()) out.layers.emplace_back(*tiles);
    if (!first.cells.empty()) {
        const double base = mean_of(asked.values[0]);
        out.layers.emplace_back(Line{.x = {base, base},
                                     .y = {0, static_cast<double>(rows)},
                                     .colour = kFaintInk,
                                     .width = 1,
                                     .dashed = true});
    }
    if (!dots.xy.empty()) out.layers.emplace_back(std::move(dots));
    return out;
}

}  // namespace

Figure bars_figure(const std::vector<std::string>& rows, const std::vector<BarPanel>& panels,
                   const std::string& note) {
    check(!rows.empty() && !panels.empty(), "[bars_figure] there is nothing to show");
    const std::size_t figure_rows = (panels.size() + kMostAbreast - 1) / kMostAbreast;
    const std::size_t columns = (panels.size() + figure_rows - 1) / figure_rows;
    Figure figure{.title = "", .rows = figure_rows, .columns = columns, .note = note};
    figure.panel_width = std::clamp(720.0 / static_cast<double>(columns), 150.0, 320.0);
    figure.panel_ratio = (kRowHeight * static_cast<double>(rows.size()) + 6) / figure.panel_width;
    for (std::size_t i = 0; i < panels.size(); ++i) {
        figure.panels.push_back(panel_of(panels[i], rows.size()));
        Panel& panel = figure.panels.back();
        const bool leftmost = i % columns == 0;
        panel.y_ticks = leftmost ? Ticks::labelled : Ticks::none;
        for (std::size_t k = 0; k < rows.size() && leftmost; ++k)
            panel.y_names.emplace_back(static_cast<double>(rows.size() - 1 - k) + 0.5, rows[k]);
    }
    return figure;
}

}  // namespace mf::plot
