// SPDX-License-Identifier: MIT
#include "plot/script.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "plot/layers.hpp"
#include "plot/layout.hpp"
#include "plot/prepare.hpp"
#include "plot/text.hpp"

namespace mf::plot {
namespace {

// Every how many points an SVG shows.
std::size_t svg_stride(const Figure& figure) {
    std::size_t all = 0;
    for (const Panel& panel : figure.panels)
        for (const Layer& layer : panel.layers)
            if (const auto* points = std::get_if<Points>(&layer);
                points && points->xy.size() / 2 > kSmallLayer)
                all += points->xy.size() / 2;
    const std::size_t most = std::max<std::size_t>(figure.most_svg_points, 1);
    return std::max<std::size_t>((all + most - 1) / most, 1);
}

// Terminal, file names and the looks that all panels share; `styles` are the line styles.
std::string preamble(const Layout& layout, const std::string& name, std::size_t stride,
                     const std::string& styles) {
    const std::string shown = one_line(name);
    std::string out = fmt::format(
        "# Draws {0}.png:  gnuplot {0}.gp\n"
        "# Draws {0}.svg:  gnuplot -e \"format='svg'\" {0}.gp\n"
        "# Colours, widths and sizes are the line styles below, texts the labels; the numbers are in "
        "{0}.tsv.\n"
        "# An SVG shows every `thin`-th point of a cloud; `dot` makes points equally large in both "
        "formats.\n\n",
        shown);
    out += "if (!exists('format')) format = 'png'\n";
    out += fmt::format("if (!exists('target')) target = {}.format\n", gnuplot_text("./" + name + "."));
    out += fmt::format("data = {}\n\n", gnuplot_text("./" + name + ".tsv"));
    out += "set encoding utf8\n";
    out += fmt::format(
        "if (format eq 'svg') set terminal svg size {},{} noenhanced font '{},{}' "
        "background '#ffffff' standalone\n",
        layout.width, layout.height, kFont, kTickSize);
    // pngcairo's font sizes are points at 96 dots an inch, svg's are its own units.
    out += fmt::format(
        "if (format ne 'svg') set terminal pngcairo size {},{} noenhanced font '{},{}' "
        "background '#ffffff' fontscale {} pointscale {} linewidth {}\n",
        layout.width * kPngScale, layout.height * kPngScale, kFont, kTickSize, 0.75 * kPngScale, kPngScale,
        kPngScale);
    out += "set output target\n\n";
    // What the two terminals do differently: point sizes, places of tick labels, images (which an SVG
    // smooths).
    out += fmt::format("dot = format eq 'svg' ? {:.4g} : 1\n", kPngSymbol / kSvgSymbol);
    out += "lift = format eq 'svg' ? 0.6 : 0.4\n";
    out += "cells = format eq 'svg' ? 'pixels' : ''\n";
    out += fmt::format("thin = format eq 'svg' ? {} : 1\n\n", stride);
    out += styles;
    out += "set style fill solid 1 noborder\n";
    out += "set minussign\nunset key\nunset colorbox\nset multiplot\n";
    return out;
}

std::string at(const Layout& layout, double x, double y) {
    return fmt::format("{:.6f},{:.6f}", x / layout.width, 1 - y / layout.height);
}

// Tick labels are formats to gnuplot.
std::string without_formats(const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '%' ? "%%" : std::string(1, c);
    return out;
}

std::string axis(char name, Ticks ticks, const std::vector<std::pair<double, std::string>>& names,
                 double step, bool logarithmic) {
    if (ticks == Ticks::none) return fmt::format("unset {}tics\n", name);
    std::string where;
    for (const auto& [value, text] : names)
        where += fmt::format("{}{} {:.8g}", where.empty() ? "" : ", ",
                             gnuplot_text(ticks == Ticks::labelled ? without_formats(text) : ""), value);
    if (!names.empty())
        where = "(" + where + ")";
    else
        where = logarithmic ? "autofreq" : fmt::format("{:.6g}", step);
    // All is said each time: `unset xtics` brings back gnuplot's own ticks, inwards and on both sides.
    return fmt::format(
        "set {0}tics border out nomirror scale 0.35,0.2 {2} {1} textcolor rgb {3}\nset format {0} '{4}'\n",
        name, name == 'x' ? "offset 0,lift" : "offset 0.7,0", where, web_colour(kFaintInk),
        ticks == Ticks::labelled ? "%g" : "");
}

std::string axes(const Layout& layout, const Panel& panel, const PanelLayout& place) {
    const Frame& frame = place.frame;
    std::string out = fmt::format(
        "set lmargin at screen {:.6f}\nset rmargin at screen {:.6f}\nset bmargin at screen {:.6f}\nset "
        "tmargin at screen {:.6f}\n",
        frame.left / layout.width, frame.right() / layout.width, 1 - frame.bottom() / layout.height,
        1 - frame.top / layout.height);
    out += fmt::format("set border {} linestyle 1\n", panel.equal_aspect ? 31 : 3);
    out += panel.log_y ? "set logscale y\n" : "unset logscale\n";
    out += axis('x', panel.x_ticks, panel.x_names, place.x_step, false);
    out += axis('y', panel.y_ticks, panel.y_names, place.y_step, panel.log_y);
    out += panel.grid ? "set grid back linestyle 2\n" : "unset grid\n";
    if (place.bar.width > 0)
        out += fmt::format(
            "set colorbox user origin screen {} size screen {:.6f},{:.6f} noborder\n"
            "set cbtics {:.6g} scale 0.35 offset -0.8,0 textcolor rgb {}\n",
            at(layout, place.bar.left, place.bar.bottom()), place.bar.width / layout.width,
            place.bar.height / layout.height, place.bar_step, web_colour(kFaintInk));
    return out;
}

// A short piece of line, a dot or a small box in the layer's style. (gnuplot's own key is laid out by each
// terminal's guess of text widths and would not be the same in PNG and SVG.)
std::string legend_sample(const Layout& layout, const LegendEntry& entry, const Layer& layer, int style) {
    if (style == 0) return "";  // the layer is empty: only its name is there
    const std::string middle = at(layout, entry.x + kSampleWidth / 2, entry.y);
    if (std::holds_alternative<Points>(layer))
        return fmt::format("set label '' at screen {} point linestyle {}\n", middle, style);
    if (std::holds_alternative<Line>(layer))
        return fmt::format("set arrow from screen {} to screen {} nohead linestyle {}\n",
                           at(layout, entry.x, entry.y), at(layout, entry.x + kSampleWidth, entry.y), style);
    const auto& bars = std::get<Bars>(layer);
    return fmt::format(
        "set object rectangle center screen {} size screen {:.6f},{:.6f} fillcolor rgb {} "
        "fillstyle solid noborder\n",
        middle, 10.0 / layout.width, 8.0 / layout.height, web_colour(bars.colour));
}

std::string panel_commands(const Figure& figure, const Layout& layout, std::size_t i, DataBlocks& data,
                           LineStyles& styles) {
    const Panel& panel = figure.panels[i];
    const std::string name = fmt::format("row {} column {}", i / figure.columns + 1, i % figure.columns + 1);
    std::string out = fmt::format("\n# {}\n", name) + axes(layout, panel, layout.panels[i]);
    for (const PlacedText& text : layout.panels[i].texts) out += label_command(layout, text);
    if (!panel.message.empty())
        out += fmt::format("set label {} at graph 0.5,0.5 center front font ',{}' textcolor rgb {}\n",
                           gnuplot_text(panel.message), kTextSize, web_colour(kFaintInk));
    std::string plots;
    std::vector<int> element_styles;
    for (const Layer& layer : panel.layers) {
        const Element element = element_of(layer, name, data, styles);
        out += element.before;
        element_styles.push_back(element.style);
        for (const std::string& part : element.parts) plots += (plots.empty() ? "" : ", \\\n     ") + part;
    }
    for (const LegendEntry& entry : layout.panels[i].legend)
        out += legend_sample(layout, entry, panel.layers[entry.layer], element_styles[entry.layer]);
    out += fmt::format("plot [{:.12g}:{:.12g}] [{:.12g}:{:.12g}] {}\n", panel.x.low, panel.x.high,
                       panel.y.low, panel.y.high, plots.empty() ? "NaN" : plots);
    out += layout.panels[i].legend.empty() ? "unset label\n" : "unset label\nunset arrow\nunset object\n";
    return out + (layout.panels[i].bar.width > 0 ? "unset colorbox\n" : "");
}

}  // namespace

std::string label_command(const Layout& layout, const PlacedText& text) {
    const char* align = text.align == PlacedText::Align::left    ? "left"
                        : text.align == PlacedText::Align::right ? "right"
                                                                 : "center";
    return fmt::format("set label {} at screen {} {}{} font ',{:.4g}' textcolor rgb {}\n",
                       gnuplot_text(text.text), at(layout, text.x, text.y), align,
                       text.rotated ? " rotate" : "", text.size, web_colour(text.colour));
}

Script script_of(const Figure& asked, const std::string& name) {
    const Figure figure = prepared(asked);
    const Layout layout = laid_out(figure);
    DataBlocks data;
    LineStyles styles;
    std::string headings, panels;
    for (const PlacedText& text : layout.texts) headings += label_command(layout, text);
    for (std::size_t i = 0; i < figure.panels.size(); ++i)
        panels += panel_commands(figure, layout, i, data, styles);
    Script script;
    script.commands = preamble(layout, name, svg_stride(figure), styles.text()) + headings + panels +
                      "\nunset multiplot\nset output\n";
    script.data = data.text();
    script.width = layout.width;
    script.height = layout.height;
    return script;
}

}  // namespace mf::plot
