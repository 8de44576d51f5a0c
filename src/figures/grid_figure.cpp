// SPDX-License-Identifier: MIT
#include "figures/grid_figure.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/error.hpp"

namespace mf {
namespace {

double fid_of(const GridResult& result) {
    const auto found = result.numbers.find("fid");
    return found == result.numbers.end() ? std::nan("") : found->second;
}

std::string omega_text(const std::optional<double>& omega) {
    return omega ? fmt::format("{:.4g}", *omega) : "1";
}

std::string interval_text(const std::optional<std::pair<double, double>>& interval) {
    return interval ? fmt::format("[{:.4g}, {:.4g}]", interval->first, interval->second) : "as given";
}

template <class Value, class Part>
std::vector<Value> distinct(const std::vector<GridResult>& results, Part part) {
    std::vector<Value> out;
    for (const GridResult& result : results) out.push_back(part(result));
    std::ranges::sort(out);
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

/// What one number of steps gave, as a matrix: intervals by strengths.
struct Surface {
    std::vector<std::optional<double>> omegas;
    std::vector<std::optional<std::pair<double, double>>> intervals;
    std::vector<double> fids;

    explicit Surface(const std::vector<GridResult>& results)
        : omegas(distinct<std::optional<double>>(results, [](const GridResult& r) { return r.cell.omega; })),
          intervals(distinct<std::optional<std::pair<double, double>>>(
              results, [](const GridResult& r) { return r.cell.interval; })),
          fids(omegas.size() * intervals.size(), std::nan("")) {
        for (const GridResult& result : results) {
            const auto row = static_cast<std::size_t>(std::ranges::find(intervals, result.cell.interval) -
                                                      intervals.begin());
            const auto column =
                static_cast<std::size_t>(std::ranges::find(omegas, result.cell.omega) - omegas.begin());
            fids[row * omegas.size() + column] = fid_of(result);
        }
    }
};

plot::Panel surface_panel(const Surface& surface, const GridResult& best) {
    plot::Panel out{.title = fmt::format("FID, {} step{}", best.cell.steps, best.cell.steps == 1 ? "" : "s"),
                    .caption = fmt::format("best {:.4g}  at omega {}  on {}", fid_of(best),
                                           omega_text(best.cell.omega), interval_text(best.cell.interval)),
                    .x_label = "omega",
                    .y_label = "interval"};
    plot::Heat heat{.rows = surface.intervals.size(),
                    .columns = surface.omegas.size(),
                    .x = {0, static_cast<double>(surface.omegas.size())},
                    .y = {0, static_cast<double>(surface.intervals.size())},
                    .bar = true};
    heat.values.assign(surface.fids.begin(), surface.fids.end());
    for (std::size_t i = 0; i < surface.omegas.size(); ++i)
        out.x_names.emplace_back(static_cast<double>(i) + 0.5, omega_text(surface.omegas[i]));
    for (std::size_t i = 0; i < surface.intervals.size(); ++i)
        out.y_names.emplace_back(static_cast<double>(i) + 0.5, interval_text(surface.intervals[i]));
    const auto x = std::ranges::find(surface.omegas, best.cell.omega) - surface.omegas.begin();
    const auto y = std::ranges::find(surface.intervals, best.cell.interval) - surface.intervals.begin();
    out.x = heat.x;
    out.y = heat.y;
    out.layers.emplace_back(std::move(heat));
    out.layers.emplace_back(plot::Points{.xy = {static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F},
                                         .colour = plot::kVermilion,
                                         .size = 7,
                                         .opacity = 1});
    return out;
}

plot::Panel curve_panel(const Surface& surface) {
    plot::Panel out{.title = "FID over omega", .x_label = "omega", .grid = true};
    for (std::size_t row = 0; row < surface.intervals.size(); ++row) {
        plot::Line line{.colour = plot::method_colour(row), .label = interval_text(surface.intervals[row])};
        plot::Points dots{.colour = plot::method_colour(row), .size = 3.4, .opacity = 1};
        for (std::size_t column = 0; column < surface.omegas.size(); ++column) {
            const double x = surface.omegas[column].value_or(1),
                         y = surface.fids[row * surface.omegas.size() + column];
            line.x.push_back(x);
            line.y.push_back(y);
            if (!std::isfinite(y)) continue;
            dots.xy.push_back(static_cast<float>(x));
            dots.xy.push_back(static_cast<float>(y));
        }
        out.layers.emplace_back(std::move(line));
        out.layers.emplace_back(std::move(dots));
    }
    return out;
}

}  // namespace

plot::Figure grid_figure(const std::vector<GridResult>& results, const std::string& note) {
    plot::Figure out{.columns = 2, .note = note};
    out.rows = 0;
    for (const int steps : distinct<int>(results, [](const GridResult& r) { return r.cell.steps; })) {
        std::vector<GridResult> part;
        for (const GridResult& result : results)
            if (result.cell.steps == steps && std::isfinite(fid_of(result))) part.push_back(result);
        if (part.empty()) continue;
        const GridResult& best = *std::ranges::min_element(part, {}, fid_of);
        const Surface surface(part);
        out.panels.push_back(surface_panel(surface, best));
        out.panels.push_back(curve_panel(surface));
        ++out.rows;
    }
    check(!out.panels.empty(), "[grid_figure] there is nothing to show");
    return out;
}

}  // namespace mf
