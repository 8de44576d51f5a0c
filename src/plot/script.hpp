// SPDX-License-Identifier: MIT
// A figure as a gnuplot script and the data it reads.
#pragma once

#include <string>

#include "plot/figure.hpp"
#include "plot/layout.hpp"

namespace mf::plot {

struct Script {
    std::string commands;  ///< the .gp file
    std::string data;  ///< the .tsv file: blocks apart by two empty lines, each with a comment that names it
    int width = 0, height = 0;  ///< of the SVG; the PNG has kPngScale times as many pixels
};

/// `name` is the file name without folder and extension: the script reads "./NAME.tsv" and, unless the
/// variables `format` and `target` say otherwise, writes "./NAME.png".
Script script_of(const Figure& figure, const std::string& name);

/// The command that puts one text on the canvas.
std::string label_command(const Layout& layout, const PlacedText& text);

}  // namespace mf::plot
