// SPDX-License-Identifier: MIT
// Figures of runs by their names, of points and of pictures alike.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "figures/image_figures.hpp"
#include "plot/figure.hpp"

namespace mf::door {

/// Every figure that there is, by name.
std::vector<std::string> figure_names();

/// Draws figure `name` of these runs (request.runs) to files in `folder` called after it, and returns the pictures: PNG,
/// and SVG where it is no sheet of pictures. `zoom`: side of a pixel in figures of pictures; 0: as looks good. UsageError
/// when there is no such figure or it does not fit the runs; Error with a hint when gnuplot is not installed.
std::vector<std::filesystem::path> draw_figure(const std::string& name, const ImageFigureRequest& request,
                                               const std::filesystem::path& folder,
                                               const std::vector<plot::Format>& formats, int zoom,
                                               int threads);

}  // namespace mf::door
