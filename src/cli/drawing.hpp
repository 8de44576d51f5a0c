// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "plot/figure.hpp"

namespace mf::cli {

/// Draws STEM.png and STEM.svg and, when `announced`, says where they are. Where gnuplot is missing it says so instead.
void draw_or_remark(const plot::Figure& figure, const std::filesystem::path& stem, bool announced);

}  // namespace mf::cli
