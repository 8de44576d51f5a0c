// SPDX-License-Identifier: MIT
#include "plot/layers.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "plot/text.hpp"

namespace mf::plot {
namespace {

constexpr double kSymbolEdge = 0.2;  // the circle around a dot, which gnuplot draws in any case
constexpr double kBandOpacity = 0.2;

// gnuplot's 0xAARRGGBB, where AA is how transparent it is.
std::string with_opacity(Colour colour, double opacity) {
    const auto alpha = static_cast<unsigned>(std::lround(255 * (1 - std::clamp(opacity, 0.0, 1.0))));
    return fmt::format("0x{:02x}{:02x}{:02x}{:02x}", alpha, colour.red, colour.green, colour.blue);
}

void append(std::string& out, double value, int digits, char after) {
    if (std::isfinite(value))
        fmt::format_to(std::back_inserter(out), "{:.{}g}{}", value, digits, after);
    else
        (out += "nan") += after;
}

std::string name_of(const std::string& place, const std::string& label, const char* columns) {
    return place + (label.empty() ? "" : ", " + label) + ": " + columns;
}

class Writer {
  public:
    Writer(const std::string& place, DataBlocks& data, LineStyles& styles)
        : place_(place), data_(data), styles_(styles) {}

    Element operator()(const Points& points) {
        if (points.xy.empty()) return {};
        std::string block;
        for (std::size_t i = 0; i < points.xy.size(); i += 2) {
            append(block, points.xy[i], 6, '\t');
            append(block, points.xy[i + 1], 6, '\n');
        }
        const double symbol = std::max(points.size / 2 - kSymbolEdge / 2, 0.05) / kPngSymbol;
        const int style =
            styles_.add(fmt::format("linecolor rgb {} pointtype 7 pointsize {:.4g}*dot linewidth {}",
                                    with_opacity(points.colour, points.opacity), symbol, kSymbolEdge));
        const char* every = points.xy.size() / 2 > kSmallLayer ? " every thin" : "";
        const int index = data_.add(name_of(place_, points.label, "x y"), std::move(block));
        return {"",
                {fmt::format("data index {}{} using 1:2 with points linestyle {}", index, every, style)},
                style};
    }

    Element operator()(const Line& line) {
        if (line.x.empty()) return {};
        const bool band = !line.low.empty();
        std::string block;
        for (std::size_t i = 0; i < line.x.size(); ++i) {
            append(block, line.x[i], 9, '\t');
            append(block, line.y[i], 7, band ? '\t' : '\n');
            if (!band) continue;
            append(block, line.low[i], 7, '\t');
            append(block, line.high[i], 7, '\n');
        }
        const int index =
            data_.add(name_of(place_, line.label, band ? "x y low high" : "x y"), std::move(block));
        Element out;
        if (band) {
            const int shade = styles_.add(
                fmt::format("linecolor rgb {}", with_opacity(line.colour, kBandOpacity * line.opacity)));
            out.parts.push_back(
                fmt::format("data index {} using 1:3:4 with filledcurves linestyle {}", index, shade));
        }
        const int style = styles_.add(fmt::format("linecolor rgb {} linewidth {:.4g} dashtype {}",
                                                  with_opacity(line.colour, line.opacity), line.width,
                                                  line.dashed ? "2" : "1"));
        out.parts.push_back(fmt::format("data index {} using 1:2 with lines linestyle {}", index, style));
        out.style = style;
        return out;
    }

    Element operator()(const Heat& heat) {
        // gnuplot wants two rows and two columns at least: a single one is written as two of half the width.
        const std::size_t again_y = heat.rows == 1 ? 2 : 1, again_x = heat.columns == 1 ? 2 : 1;
        std::string block;
        for (std::size_t r = 0; r < heat.rows * again_y; ++r)
            for (std::size_t c = 0; c < heat.columns * again_x; ++c)
                append(block, heat.values[r / again_y * heat.columns + c / again_x], 6,
                       c + 1 < heat.columns * again_x ? '\t' : '\n');
        const double dx = (heat.x.high - heat.x.low) / static_cast<double>(heat.columns * again_x);
        const double dy = (heat.y.high - heat.y.low) / static_cast<double>(heat.rows * again_y);
        Element out;
        out.before = "set palette defined (";
        for (std::size_t i = 0; i < heat.colours.size(); ++i)
            out.before += fmt::format("{}{} {}", i == 0 ? "" : ", ", i, web_colour(heat.colours[i]));
        out.before += fmt::format(")\nset cbrange [{:.8g}:{:.8g}]\n", heat.scale.low, heat.scale.high);
        const int index = data_.add(name_of(place_, "", "matrix, lowest y first"), std::move(block));
        out.parts.push_back(
            fmt::format("data index {} matrix using ({:.8g}+{:.8g}*$1):({:.8g}+{:.8g}*$2):3 with image{}",
                        index, heat.x.low + dx / 2, dx, heat.y.low + dy / 2, dy,
                        heat.values.size() <= kMostRectangles ? " @cells" : ""));
        return out;
    }

    Element operator()(const Tiles& tiles) {
        std::string block;
        for (const Cell& cell : tiles.cells) {
            if (!std::isfinite(cell.x0 + cell.x1 + cell.y0 + cell.y1)) continue;
            append(block, (cell.x0 + cell.x1) / 2, 7, '\t');
            append(block, (cell.y0 + cell.y1) / 2, 7, '\t');
            append(block, cell.x0, 7, '\t');
            append(block, cell.x1, 7, '\t');
            append(block, cell.y0, 7, '\t');
            append(block, cell.y1, 7, '\n');
        }
        if (block.empty()) return {};
        const int style =
            styles_.add(fmt::format("linecolor rgb {}", with_opacity(tiles.colour, tiles.opacity)));
        const int index = data_.add(name_of(place_, "", "tiles, x y x0 x1 y0 y1"), std::move(block));
        return {"",
                {fmt::format("data index {} using 1:2:3:4:5:6 with boxxyerror linestyle {}", index, style)}};
    }

    Element operator()(const Bars& bars) {
        if (bars.x.empty()) return {};
        std::string block;
        for (std::size_t i = 0; i < bars.x.size(); ++i) {
            append(block, bars.x[i], 9, '\t');
            append(block, bars.y[i], 7, '\t');
            append(block, bars.width, 7, '\n');
        }
        const int style =
            styles_.add(fmt::format("linecolor rgb {}", with_opacity(bars.colour, bars.opacity)));
        const int index = data_.add(name_of(place_, bars.label, "x y width"), std::move(block));
        return {"", {fmt::format("data index {} using 1:2:3 with boxes linestyle {}", index, style)}, style};
    }

  private:
    const std::string& place_;
    DataBlocks& data_;
    LineStyles& styles_;
};

}  // namespace

int DataBlocks::add(const std::string& name, std::string block) {
    const auto [place, is_new] = index_.try_emplace(std::move(block), static_cast<int>(index_.size()));
    if (is_new) {
        text_ += text_.empty() ? "" : "\n\n";
        text_ += fmt::format("# {}, {}\n", place->second, one_line(name));
        text_ += place->first;
    }
    return place->second;
}

LineStyles::LineStyles() {
    add(fmt::format("linecolor rgb {} linewidth {} dashtype 1", web_colour(kAxis), kFrameWidth));
    add(fmt::format("linecolor rgb {} linewidth {} dashtype 1", web_colour(kGridGrey), kFrameWidth));
}

int LineStyles::add(const std::string& style) {
    return index_.try_emplace(style, static_cast<int>(index_.size()) + 1).first->second;
}

std::string LineStyles::text() const {
    std::vector<std::string> lines(index_.size());
    for (const auto& [style, number] : index_)
        lines[static_cast<std::size_t>(number) - 1] = fmt::format("set style line {} {}\n", number, style);
    std::string out;
    for (const std::string& line : lines) out += line;
    return out;
}

Element element_of(const Layer& layer, const std::string& place, DataBlocks& data, LineStyles& styles) {
    return std::visit(Writer(place, data, styles), layer);
}

std::string web_colour(Colour colour) {
    return fmt::format("'#{:02x}{:02x}{:02x}'", colour.red, colour.green, colour.blue);
}

}  // namespace mf::plot
