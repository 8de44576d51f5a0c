// SPDX-License-Identifier: MIT
// Where everything goes: panel frames and texts on a canvas, in points from its top left corner. All of it is
// computed here, so that frames are exact (equal aspect is a matter of frame and ranges) and no text meets
// another.
#pragma once

#include <string>
#include <vector>

#include "plot/figure.hpp"

namespace mf::plot {

struct Frame {
    double left, top, width, height;
    double right() const { return left + width; }
    double bottom() const { return top + height; }
};

/// One line of text whose middle height is at y; `align` says what x is. A rotated text reads upwards.
struct PlacedText {
    enum class Align { left, centre, right };
    std::string text;
    double x, y, size;
    Align align = Align::centre;
    bool rotated = false;
    Colour colour = kInk;
};

struct PanelLayout {
    Frame frame;
    Frame bar;                                    ///< colour scale; width 0: none
    double x_step = 1, y_step = 1, bar_step = 1;  ///< between ticks
    std::vector<PlacedText> texts;                ///< title, axis labels, caption
};

struct Layout {
    int width = 0, height = 0;
    std::vector<PlacedText> texts;  ///< title, headings, note
    std::vector<PanelLayout> panels;
};

/// `figure` must be prepared (ranges filled in).
Layout laid_out(const Figure& figure);

}  // namespace mf::plot
