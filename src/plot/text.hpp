// SPDX-License-Identifier: MIT
// Text for figures: quoted so that gnuplot takes it literally, and measured so that it fits.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mf::plot {

/// `text` as a gnuplot string expression: 'it''s'."\n".'two lines'. Single quotes know neither escapes, nor
/// variables, nor `commands`; line feeds alone need the other kind. Other control characters become blanks
/// and bytes that are not UTF-8 become U+FFFD.
std::string gnuplot_text(std::string_view text);

/// For gnuplot comments: one line, clean UTF-8.
std::string one_line(std::string_view text);

/// Estimated width of one line in points, on the wide side (the exact one is known to the font renderer
/// alone).
double text_width(std::string_view text, double size);

/// A line of text and the size that makes it fit.
struct FittedText {
    std::string text;
    double size;
};
/// The largest size up to `size` at which `text` fits in `width`; below the least legible size it is cut with
/// "…".
FittedText fitted(std::string_view text, double size, double width);

/// Breaks `text` at line feeds, then at runs of two or more blanks where a line is wider than `width`.
std::vector<std::string> wrapped(std::string_view text, double size, double width);

}  // namespace mf::plot
