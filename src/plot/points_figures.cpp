// SPDX-License-Identifier: MIT
#include "plot/points_figures.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "core/error.hpp"

namespace mf::plot {
namespace {

constexpr double kTargetOpacity = 0.4;

// Smaller dots in smaller panels; fewer samples may be stronger.
double dot_size(std::size_t columns) { return columns <= 2 ? 2.4 : columns <= 4 ? 1.9 : 1.5; }

bool has_points(const Cloud& cloud) {
    for (std::size_t i = 0; i + 1 < cloud.size(); i += 2)
        if (std::isfinite(cloud[i]) && std::isfinite(cloud[i + 1])) return true;
    return false;
}

Panel panel_over(const Scene& scene, const Cloud& cloud, Colour colour, double dot) {
    Panel panel;
    panel.x = scene.x;
    panel.y = scene.y;
    panel.equal_aspect = true;
    if (!scene.tiles.empty()) panel.layers.push_back(Tiles{.cells = scene.tiles});
    if (!has_points(cloud)) panel.message = "no points";
    if (scene.density && has_points(cloud)) {
        panel.layers.push_back(density_of(cloud, scene.x, scene.y, scene.density_bins, colour));
        return panel;
    }
    if (!scene.target.empty())
        panel.layers.push_back(
            Points{.xy = scene.target, .colour = kCloudGrey, .size = dot, .opacity = kTargetOpacity});
    panel.layers.push_back(Points{.xy = cloud, .colour = colour, .size = dot});
    return panel;
}

// Numbers on the outer axes only: inside a grid they would say the same again and again.
void label_outer_axes(Figure& figure) {
    for (std::size_t i = 0; i < figure.panels.size(); ++i) {
        const bool lowest = i + figure.columns >= figure.panels.size(), leftmost = i % figure.columns == 0;
        figure.panels[i].x_ticks = lowest ? Ticks::labelled : Ticks::none;
        figure.panels[i].y_ticks = leftmost ? Ticks::labelled : Ticks::none;
    }
}

}  // namespace

Figure pair_figure(const Scene& scene, const Cloud& source, const Cloud& target,
                   const std::string& source_name, const std::string& target_name) {
    Scene plain = scene;
    plain.target.clear();
    Figure figure{.title = "", .rows = 1, .columns = 2, .note = scene.note};
    const double dot = dot_size(2);
    figure.panels.push_back(
        panel_over(Scene{.x = scene.x, .y = scene.y, .density = scene.density}, source, kPurple, dot));
    figure.panels.push_back(panel_over(plain, target, kVermilion, dot));
    figure.panels[0].title = source_name;
    figure.panels[1].title = target_name;
    label_outer_axes(figure);
    return figure;
}

Figure cloud_figure(const Scene& scene, const Cloud& samples, const std::string& title,
                    const std::string& caption) {
    Figure figure{.title = title, .note = scene.note};
    figure.panels.push_back(panel_over(scene, samples, method_colour(0), dot_size(1)));
    figure.panels[0].caption = caption;
    return figure;
}

Figure grid_figure(const Scene& scene, const std::vector<Row>& rows, const std::vector<std::string>& columns,
                   const std::string& title) {
    check(!rows.empty() && !columns.empty(), "[grid_figure] a grid needs a row and a column");
    Figure figure{.title = title,
                  .rows = rows.size(),
                  .columns = columns.size(),
                  .column_headings = columns,
                  .note = scene.note};
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const Row& row = rows[r];
        check(row.clouds.size() == columns.size(), "[grid_figure] row {}: expected {} clouds, got {}",
              row.name, columns.size(), row.clouds.size());
        check(row.captions.empty() || row.captions.size() == columns.size(),
              "[grid_figure] row {}: expected {} captions, got {}", row.name, columns.size(),
              row.captions.size());
        figure.row_headings.push_back(row.name);
        for (std::size_t c = 0; c < columns.size(); ++c) {
            figure.panels.push_back(
                panel_over(scene, row.clouds[c], method_colour(r), dot_size(columns.size())));
            if (!row.captions.empty()) figure.panels.back().caption = row.captions[c];
        }
    }
    label_outer_axes(figure);
    return figure;
}

Figure compare_figure(const Scene& scene, const std::vector<Row>& rows, const std::vector<int>& steps) {
    std::vector<std::string> columns;
    for (const int count : steps) columns.push_back(fmt::format("{} step{}", count, count == 1 ? "" : "s"));
    return grid_figure(scene, rows, columns, "");
}

Figure evolution_figure(const Scene& scene, const std::vector<Row>& rows, const std::vector<double>& times) {
    std::vector<std::string> columns;
    for (const double time : times) {
        std::string number = fmt::format("{:.3g}", time);
        if (number.find_first_of(".en") == std::string::npos) number += ".0";
        columns.push_back("t = " + number);
    }
    return grid_figure(scene, rows, columns, "");
}

Figure stages_figure(const Scene& scene, const std::vector<Row>& rows,
                     const std::vector<std::int64_t>& iterations) {
    std::vector<std::string> columns;
    for (const std::int64_t iteration : iterations) columns.push_back(fmt::format("iteration {}", iteration));
    return grid_figure(scene, rows, columns, "");
}

std::string caption_of(const std::vector<std::pair<std::string, double>>& numbers) {
    std::string out;
    for (const auto& [name, value] : numbers) {
        std::string number = std::isfinite(value) ? fmt::format("{:.3f}", value) : "–";
        if (number == "-0.000") number = "0.000";
        if (number.starts_with("0.")) number.erase(0, 1);
        if (number.starts_with("-0.")) number = "−" + number.substr(2);
        if (number.starts_with("-")) number = "−" + number.substr(1);
        out += fmt::format("{}{} {}", out.empty() ? "" : "  ", name, number);
    }
    return out;
}

Heat density_of(const Cloud& cloud, Range x, Range y, std::size_t bins, Colour colour) {
    check(bins > 0 && !x.automatic() && !y.automatic(), "[density_of] bins and a window are needed");
    Heat heat{.values = std::vector<float>(bins * bins, 0),
              .rows = bins,
              .columns = bins,
              .x = x,
              .y = y,
              .colours = scale_towards(colour)};
    const auto count = static_cast<double>(bins);
    for (std::size_t i = 0; i + 1 < cloud.size(); i += 2) {
        const double u = (cloud[i] - x.low) / (x.high - x.low) * count;
        const double v = (cloud[i + 1] - y.low) / (y.high - y.low) * count;
        if (!(u >= 0 && u < count && v >= 0 && v < count)) continue;
        heat.values[static_cast<std::size_t>(v) * bins + static_cast<std::size_t>(u)] += 1;
    }
    std::vector<float> filled;
    std::copy_if(heat.values.begin(), heat.values.end(), std::back_inserter(filled),
                 [](float n) { return n > 0; });
    std::sort(filled.begin(), filled.end());
    // One crowded bin must not bleach all the others.
    const double top = filled.empty() ? 1 : filled[(filled.size() - 1) * 995 / 1000];
    heat.scale = {0, std::max(top, 1.0)};
    return heat;
}

}  // namespace mf::plot
