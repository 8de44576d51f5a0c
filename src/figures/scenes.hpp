// SPDX-License-Identifier: MIT
// What the figures of one data set share, and drawing that can do without gnuplot.
#pragma once

#include <filesystem>
#include <vector>

#include "core/remarks.hpp"
#include "data/dataset.hpp"
#include "plot/points_figures.hpp"

namespace mf {

/// Window, fresh points (5000) and, where the support is made of tiles, the tiles.
plot::Scene scene_of(const PointDataset& data, std::int64_t target_points = 5000);

/// Fresh points of the data set, (count, 2); the same for one seed.
plot::Cloud fresh_points(const PointDataset& data, std::int64_t count, std::uint64_t seed);

/// Draws STEM.png and STEM.svg and returns where they are; nothing, and a remark, where gnuplot is missing.
std::vector<std::filesystem::path> draw_where_possible(const plot::Figure& figure,
                                                       const std::filesystem::path& stem,
                                                       const Remarks& remarks);

}  // namespace mf
