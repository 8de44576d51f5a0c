// SPDX-License-Identifier: MIT
// The figures of runs that draw images: grids of samples from the same noise.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "figures/run_figures.hpp"
#include "io/png.hpp"
#include "plot/picture_grid.hpp"

namespace mf {

/// What the figures of images have besides. Lists that are empty are filled with what the figure usually has.
struct ImageFigureRequest {
    FigureRequest runs;  ///< `count` and its `sampling.guidance` are not read
    std::string labels{kBalanced};
    std::vector<double> omega;  ///< guidance strengths: rows of figure guidance, elsewhere one
    std::vector<double>
        intervals;  ///< guidance intervals as pairs: columns of figure guidance, elsewhere one
    std::int64_t pictures =
        0;  ///< in a cell of guidance, in a row of evolution and interpolate; rows of steps
    std::shared_ptr<const Dataset>
        real;                     ///< figure sheet: images to show beside the samples; none for data on disk
    bool sampling_given = false;  ///< a person said how to sample: stored sheets would not show that
};

struct ImageFigure {
    plot::PictureGrid grid;
    PictureText text;  ///< what it was made from
};

/// guidance, steps, evolution, interpolate.
const std::vector<std::string>& image_figure_names();
/// Whether the first run draws images.
bool draws_images(const FigureRequest& runs, Team& team);
/// UsageError when the runs or options do not fit the figure.
ImageFigure make_image_figure(const std::string& name, const ImageFigureRequest& request, Team& team);

}  // namespace mf
