// SPDX-License-Identifier: MIT
#include "door/figure.hpp"

#include <algorithm>
#include <array>

#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/options.hpp"
#include "figures/run_figures.hpp"
#include "io/png.hpp"

namespace mf::door {
namespace {

namespace fs = std::filesystem;

bool holds(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

/// Curves over training: the same for all kinds of samples.
bool is_curve(const std::string& name) {
    constexpr std::array curves = {"loss", "losses", "diagnostics", "scores"};
    return std::ranges::find(curves, name) != curves.end();
}

fs::path draw_pictures(const std::string& name, const ImageFigureRequest& request, const fs::path& folder,
                       int zoom, Team& team) {
    ImageFigure figure = make_image_figure(name, request, team);
    figure.grid.zoom = static_cast<std::size_t>(zoom);
    std::error_code error;
    fs::create_directories(folder, error);
    check(!error, "{}: the folder cannot be made: {}", folder.string(), error.message());
    fs::path path = folder / (name + ".png");
    write_png(path, plot::draw_picture_grid(figure.grid), figure.text);
    return path;
}

}  // namespace

std::vector<std::string> figure_names() {
    std::vector<std::string> out = mf::figure_names();
    for (const std::string& name : image_figure_names())
        if (!holds(out, name)) out.push_back(name);
    return out;
}

std::vector<fs::path> draw_figure(const std::string& name, const ImageFigureRequest& request,
                                  const fs::path& folder, const std::vector<plot::Format>& formats, int zoom,
                                  int threads) {
    const std::vector<std::string> names = door::figure_names();
    if (!holds(names, name)) {
        const std::string near = nearest(name, names);
        throw UsageError(fmt::format("figure '{}' is not known; there are {}", name, fmt::join(names, ", ")),
                         near.empty() ? "" : "did you mean " + near + "?");
    }
    check_usage(!request.runs.rows.empty(), "figure {} wants a run", name);
    Team team(threads);
    const bool images = !is_curve(name) && draws_images(request.runs, team);
    const bool of_images = holds(image_figure_names(), name);
    if (images && of_images) return {draw_pictures(name, request, folder, zoom, team)};
    if (images)
        throw UsageError(fmt::format("figure {} is for points in the plane; this run draws images", name),
                         fmt::format("its figures are {}, loss, losses, scores and diagnostics",
                                     fmt::join(image_figure_names(), ", ")));
    if (!is_curve(name) && of_images && !holds(mf::figure_names(), name))
        throw UsageError(fmt::format("figure {} is for runs that draw images; this one draws points", name),
                         "compare shows points at several numbers of steps");
    return plot::draw(make_figure(name, request.runs, team), folder / name, formats);
}

}  // namespace mf::door
