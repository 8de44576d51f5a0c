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
    out += fmt::format(
        "if (format ne 'svg') set terminal pngcairo size {},{} noenhanced font '{},{}' "
        "background '#ffffff' fontscale {} pointscale {} linewidth {}\n",
        layout.width * kPngScale, layout.height * kPngScale, kFont, kTickSize, kPngScale, kPngScale,
        kPngScale);
    out += "set output target\n\n";
    // Point sizes mean different things to the two terminals.
    out += fmt::format("dot = format eq 'svg' ? {:.4g} : 1\n", kPngSymbol / kSvgSymbol);
    out += fmt::format("thin = format eq 'svg' ? {} : 1\n\n", stride);
    out += styles;
    out += "set style fill solid 1 noborder\n";
    out += fmt::format("set tics out nomirror scale 0.35,0.2 textcolor rgb {}\n", web_colour(kFaintInk));
    out += "set minussign\nunset colorbox\nset multiplot\n";
    return out;
}

std::string at(const Layout& layout, double x, double y) {
    return fmt::format("{:.6f},{:.6f}", x / layout.width, 1 - y / layout.height);
}

std::string label(const Layout& layout, const PlacedText& text) {
    const char* align = text.align == PlacedText::Align::left    ? "left"
                        : text.align == PlacedText::Align::right ? "right"
                                                                 : "center";
    return fmt::format("set label {} at screen {} {}{} font ',{:.4g}' textcolor rgb {}\n",
                       gnuplot_text(text.text), at(layout, text.x, text.y), align,
                       text.rotated ? " rotate" : "", text.size, web_colour(text.colour));
}

std::string axis(char name, Ticks ticks, const std::vector<std::pair<double, std::string>>& names,
                 double step, bool logarithmic) {
    if (ticks == Ticks::none) return fmt::format("unset {}tics\n", name);
    std::string where;
    for (const auto& [value, text] : names)
        where += fmt::format("{}{} {:.8g}", where.empty() ? "" : ", ",
                             gnuplot_text(ticks == Ticks::labelled ? text : ""), value);
    if (!names.empty())
        where = "(" + where + ")";
    else
        where = logarithmic ? "autofreq" : fmt::format("{:.6g}", step);
    return fmt::format("set {0}tics {1} {2}\nset format {0} '{3}'\n", name,
                       name == 'x' ? "offset 0,0.4" : "offset 0.7,0", where,
                       ticks == Ticks::labelled ? "%g" : "");
}

std::string axes(const Layout& layout, const Panel& panel, const PanelLayout& place) {
    const Frame& frame = place.frame;
    std::string out = fmt::format("set margins at screen {:.6f}, {:.6f}, {:.6f}, {:.6f}\n",
                                  frame.left / layout.width, frame.right() / layout.width,
                                  1 - frame.bottom() / layout.height, 1 - frame.top / layout.height);
    out += fmt::format("set border {} linestyle 1\n", panel.equal_aspect ? 31 : 3);
    out += panel.log_y ? "set logscale y\n" : "unset logscale\n";
    out += axis('x', panel.x_ticks, panel.x_names, place.x_step, false);
    out += axis('y', panel.y_ticks, panel.y_names, place.y_step, panel.log_y);
    out += panel.grid ? "set grid back linestyle 2\n" : "unset grid\n";
    if (place.bar.width > 0)
        out += fmt::format(
            "set colorbox user origin screen {} size screen {:.6f},{:.6f} noborder\n"
            "set cbtics {:.6g} offset -0.8,0\n",
            at(layout, place.bar.left, place.bar.bottom()), place.bar.width / layout.width,
            place.bar.height / layout.height, place.bar_step);
    return out;
}

std::string panel_commands(const Figure& figure, const Layout& layout, std::size_t i, DataBlocks& data,
                           LineStyles& styles) {
    const Panel& panel = figure.panels[i];
    const std::string name = fmt::format("row {} column {}", i / figure.columns + 1, i % figure.columns + 1);
    std::string out = fmt::format("\n# {}\n", name) + axes(layout, panel, layout.panels[i]);
    for (const PlacedText& text : layout.panels[i].texts) out += label(layout, text);
    if (!panel.message.empty())
        out += fmt::format("set label {} at graph 0.5,0.5 center front font ',{}' textcolor rgb {}\n",
                           gnuplot_text(panel.message), kTextSize, web_colour(kFaintInk));
    std::string plots;
    bool legend = false;
    for (const Layer& layer : panel.layers) {
        const Element element = element_of(layer, name, data, styles);
        out += element.before;
        for (const std::string& part : element.parts) {
            plots += (plots.empty() ? "" : ", \\\n     ") + part;
            legend = legend || part.find(" title ") != std::string::npos;
        }
    }
    out +=
        legend
            ? fmt::format(
                  "set key tmargin center horizontal Left reverse samplen 1.6 font ',{}' textcolor rgb {}\n",
                  kTickSize, web_colour(kInk))
            : "unset key\n";
    out += fmt::format("plot [{:.8g}:{:.8g}] [{:.8g}:{:.8g}] {}\n", panel.x.low, panel.x.high, panel.y.low,
                       panel.y.high, plots.empty() ? "NaN notitle" : plots);
    out += "unset label\n";
    return out + (layout.panels[i].bar.width > 0 ? "unset colorbox\n" : "");
}

}  // namespace

Script script_of(const Figure& asked, const std::string& name) {
    const Figure figure = prepared(asked);
    const Layout layout = laid_out(figure);
    DataBlocks data;
    LineStyles styles;
    std::string headings, panels;
    for (const PlacedText& text : layout.texts) headings += label(layout, text);
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
