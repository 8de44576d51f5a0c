// SPDX-License-Identifier: MIT
// The figures of two-dimensional models: clouds of points over the target distribution, all on the same
// square. A cloud is n points as interleaved floats, (n, 2).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "plot/figure.hpp"

namespace mf::plot {

using Cloud = std::vector<float>;

/// What is the same in every panel: the window, and what lies behind the samples.
struct Scene {
    Range x{-3, 3}, y{-3, 3};
    Cloud target = {};              ///< drawn in grey; empty: none
    std::vector<Cell> tiles = {};   ///< the target's support as light rectangles; empty: none
    std::string note = {};          ///< under the figure: what the grey is, which noise was used
    bool density = false;           ///< samples as a two-dimensional histogram, for clouds of 20 000 and more
    std::size_t density_bins = 64;  ///< along each axis
};

/// One row of a grid: a method's clouds and, if any, what stands under each ("inside .914  swd .024").
struct Row {
    std::string name;
    std::vector<Cloud> clouds;
    std::vector<std::string> captions = {};
};

/// Source and target side by side.
Figure pair_figure(const Scene& scene, const Cloud& source, const Cloud& target,
                   const std::string& source_name = "source", const std::string& target_name = "target");
/// Samples over the target.
Figure cloud_figure(const Scene& scene, const Cloud& samples, const std::string& title,
                    const std::string& caption = {});

/// Rows of methods, columns of step counts. A row has one cloud a column; Error otherwise, here and below.
Figure compare_figure(const Scene& scene, const std::vector<Row>& rows, const std::vector<int>& steps);
/// Columns are times, usually from 1 (noise) down to 0 (data).
Figure evolution_figure(const Scene& scene, const std::vector<Row>& rows, const std::vector<double>& times);
/// Columns are training iterations.
Figure stages_figure(const Scene& scene, const std::vector<Row>& rows,
                     const std::vector<std::int64_t>& iterations);
/// Any other grid of clouds.
Figure grid_figure(const Scene& scene, const std::vector<Row>& rows, const std::vector<std::string>& columns,
                   const std::string& title);

/// "inside .914  swd .024": three decimals, no zero before the point; "–" for what is not finite.
std::string caption_of(const std::vector<std::pair<std::string, double>>& numbers);

/// Histogram of a cloud in the window as a heat from white to `colour`; the top colour is at the 99.5th
/// percentile of the filled bins.
Heat density_of(const Cloud& cloud, Range x, Range y, std::size_t bins, Colour colour);

}  // namespace mf::plot
