// SPDX-License-Identifier: MIT
// A table of pictures with words around it: what a grid of samples means is written on its axes. Pictures keep their
// pixels, enlarged by a whole factor; gnuplot sets the words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "io/picture.hpp"

namespace mf::plot {

/// Columns under one heading: one run among several.
struct PictureGroup {
    std::string heading;               ///< empty: none
    std::vector<std::string> columns;  ///< a label each, which may be empty
};

struct PictureGrid {
    std::string title = {};
    std::string row_title = {}, column_title = {};  ///< what the labels of rows and columns are
    std::vector<std::string> rows = {};             ///< labels
    std::vector<PictureGroup> groups = {};
    std::string note = {};                            ///< under everything; line feeds break it
    std::size_t height = 0, width = 0, channels = 3;  ///< of one picture; 1 or 3 channels
    std::vector<std::vector<std::uint8_t>> cells =
        {};                         /* rows x columns of all groups, row by row: each (n, height,
                                                          width, channels); an empty one stays white */
    std::size_t block_columns = 1;  ///< pictures side by side in a cell
    std::size_t zoom = 0;           ///< side of a pixel; 0: as looks good
};

/// Error when cells and labels do not fit, when gnuplot is missing (with a hint) or when it fails.
mf::Picture draw_picture_grid(const PictureGrid& grid);

}  // namespace mf::plot
