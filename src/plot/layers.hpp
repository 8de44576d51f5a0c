// SPDX-License-Identifier: MIT
// Layers in gnuplot's terms: blocks of data, line styles, and the elements of a plot command.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plot/figure.hpp"

namespace mf::plot {

/// The .tsv file in the making. A block that is there already (the target cloud behind every panel) is not
/// repeated.
class DataBlocks {
  public:
    /// Number of the block, as gnuplot's `index` counts; `name` goes into its comment.
    int add(const std::string& name, std::string block);
    const std::string& text() const { return text_; }

  private:
    std::map<std::string, int> index_;
    std::string text_;
};

/// Numbered line styles, shared by all panels, so that a colour is changed in one place.
class LineStyles {
  public:
    /// Styles 1 and 2 are the frames and the grid.
    LineStyles();
    int add(const std::string& style);
    /// The commands that define them.
    std::string text() const;

  private:
    std::map<std::string, int> index_;
};

/// What a layer adds to the plot command of its panel, and what must be set before. The script's variables
/// are `data`, `dot` (how the terminal counts point sizes) and `thin` (draw every so many points).
struct Element {
    std::string before;
    std::vector<std::string> parts;
};

/// Layers with fewer points are never thinned.
inline constexpr std::size_t kSmallLayer = 200;
/// Radius of a gnuplot point of size 1, in points, in its PNG and SVG terminals.
inline constexpr double kPngSymbol = 3.0, kSvgSymbol = 4.125;

/// `place` names the panel in the data's comments. Empty layers give no parts.
Element element_of(const Layer& layer, const std::string& place, DataBlocks& data, LineStyles& styles);

/// '#rrggbb', quoted.
std::string web_colour(Colour colour);

}  // namespace mf::plot
