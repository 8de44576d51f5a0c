// SPDX-License-Identifier: MIT
// A figure as data: a grid of panels, each a stack of layers of plain numbers. gnuplot draws it, as a child
// process; its script and its data stay beside the picture, so that anybody can restyle or re-plot them
// without this program.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "plot/style.hpp"

namespace mf::plot {

/// An interval; automatic (from the data) unless low < high.
struct Range {
    double low = 0, high = 0;
    bool automatic() const { return !(low < high); }
};

struct Cell {
    double x0, x1, y0, y1;
};

/// Dots. Those that are not finite are left out and counted in the panel's caption.
struct Points {
    std::vector<float> xy;  ///< (n, 2)
    Colour colour = kBlue;
    double size = kPointSize;  ///< diameter in points
    double opacity = 0.6;
    std::string label = {};  ///< in the legend; empty: not there
};

/// A curve; a value that is not finite leaves a gap.
struct Line {
    std::vector<double> x, y;  ///< equally long
    Colour colour = kBlue;
    double width = kLineWidth;
    double opacity = 1;
    std::string label = {};
    bool dashed = false;
    std::vector<double> low = {}, high = {};  ///< a shaded band between the two; empty: none
};

/// A matrix of colours.
struct Heat {
    std::vector<float> values;  ///< (rows, columns), row 0 at the lowest y; not finite: left blank
    std::size_t rows = 0, columns = 0;
    Range x{0, 1}, y{0, 1};  ///< outer edges of the matrix
    Range scale = {};        ///< values of the first and the last colour; automatic from the data
    std::vector<Colour> colours = sequential_scale();
    bool bar = false;  ///< show the colour scale beside the panel; needs room, so one a panel
};

/// Filled rectangles, for what lies behind the data (the filled tiles of a checkerboard).
struct Tiles {
    std::vector<Cell> cells;
    Colour colour = kTileGrey;
    double opacity = 1;
};

/// Bars from zero.
struct Bars {
    std::vector<double> x, y;  ///< equally long
    double width = 0.8;        ///< in units of x
    Colour colour = kBlue;
    double opacity = 1;
    std::string label = {};
};

using Layer = std::variant<Points, Line, Heat, Tiles, Bars>;

enum class Ticks { none, marks, labelled };

struct Panel {
    std::string title;
    std::string
        caption;  ///< under the panel; parts apart by two blanks are kept whole when the line must be broken
    std::string message = {};  ///< in the middle of the panel, such as "no points"
    std::string x_label = {}, y_label = {};
    Range x = {}, y = {};
    bool equal_aspect =
        false;  ///< one unit of x is as long as one unit of y; the panel is then framed on four sides
    bool grid = false;
    bool log_y = false;
    Ticks x_ticks = Ticks::labelled, y_ticks = Ticks::labelled;
    std::vector<std::pair<double, std::string>> x_names = {},
                                                y_names = {};  ///< labels to use in place of numbers
    std::vector<Layer> layers = {};                            ///< drawn in this order
};

/// rows x columns panels, row by row; fewer panels leave the last places empty. Texts are UTF-8 and taken
/// literally; those that find no room are set smaller and, in the end, cut with an ellipsis.
struct Figure {
    std::string title;
    std::size_t rows = 1, columns = 1;
    std::vector<std::string> row_headings = {}, column_headings = {};  ///< empty, or one each
    std::vector<Panel> panels = {};
    std::string note = {};                ///< small, under everything
    double panel_width = 0;               ///< in points; 0: by the number of columns
    double panel_ratio = 0.72;            ///< height to width of panels without equal aspect
    std::size_t most_points = 3000;       ///< a layer with more points shows this many, evenly picked
    std::size_t most_svg_points = 16000;  ///< as many in a whole SVG file (120 bytes each)
};

enum class Format { png, svg };

/// Writes STEM.tsv (the data), STEM.gp (the script) and STEM.png, STEM.svg (as asked for), and returns the
/// pictures' paths in the order of `formats`. Folders are created. A picture appears under its name only when
/// it is complete; an older one stays until then. Error when the figure's sizes contradict each other, when
/// gnuplot is not installed (the script and the data are there even so) or when it fails, with its last line.
std::vector<std::filesystem::path> draw(const Figure& figure, const std::filesystem::path& stem,
                                        const std::vector<Format>& formats = {Format::png, Format::svg});

/// Whether gnuplot is on the search path.
bool can_draw();

}  // namespace mf::plot
