// SPDX-License-Identifier: MIT
#include "plot/prepare.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.hpp"

namespace mf::plot {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <class... Visitors>
struct Overloaded : Visitors... {
    using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

// The smallest interval around the finite numbers it was shown.
struct Extent {
    double low = kInfinity, high = -kInfinity;
    bool positive_only = false;

    void take(double value) {
        // Beyond 1e100 lengths and margins would overflow; a picture of such a range shows nothing anyway.
        if (!(std::abs(value) < 1e100) || (positive_only && value <= 0)) return;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    // With `margin` (a share of the length) on both sides; [0, 1] when nothing was seen.
    Range range(double margin) const {
        if (!(low <= high)) return positive_only ? Range{0.1, 1} : Range{0, 1};
        if (positive_only) {
            const double factor = low == high ? 2 : std::pow(high / low, margin);
            return {low / factor, high * factor};
        }
        const double largest = std::max(std::abs(low), std::abs(high));
        const bool point = high - low <= 1e-7 * largest;  // less than float data and tick labels resolve
        const double pad = point ? (largest > 0 ? largest * 0.1 : 0.5) : (high - low) * margin;
        return {low - pad, high + pad};
    }
};

void check_layer(const Layer& layer, const std::string& place) {
    std::visit(
        Overloaded{
            [&](const Points& points) {
                check(points.xy.size() % 2 == 0, "{} points are (n, 2), got {} numbers", place,
                      points.xy.size());
            },
            [&](const Line& line) {
                check(line.x.size() == line.y.size(), "{} line has {} x and {} y", place, line.x.size(),
                      line.y.size());
                const std::size_t low = line.low.size(), high = line.high.size();
                check(low == high && (low == 0 || low == line.x.size()),
                      "{} band needs {} low and high values, got {} and {}", place, line.x.size(), low, high);
            },
            [&](const Heat& heat) {
                check(heat.rows > 0 && heat.columns > 0 && heat.values.size() == heat.rows * heat.columns,
                      "{} heat of {} x {} got {} values", place, heat.rows, heat.columns, heat.values.size());
                check(!heat.x.automatic() && !heat.y.automatic(), "{} heat needs x and y edges", place);
                check(heat.colours.size() >= 2, "{} heat needs two colours or more", place);
            },
            [&](const Tiles&) {},
            [&](const Bars& bars) {
                check(bars.x.size() == bars.y.size(), "{} bars have {} x and {} y", place, bars.x.size(),
                      bars.y.size());
            }},
        layer);
}

void check_figure(const Figure& figure) {
    check(!figure.panels.empty(), "[draw] a figure needs a panel");
    check(figure.panels.size() <= figure.rows * figure.columns,
          "[draw] {} panels do not fit in {} x {} places", figure.panels.size(), figure.rows, figure.columns);
    const auto headings = [](const std::vector<std::string>& texts, std::size_t count, const char* what) {
        check(texts.empty() || texts.size() == count, "[draw] {} headings: expected {}, got {}", what, count,
              texts.size());
    };
    headings(figure.row_headings, figure.rows, "row");
    headings(figure.column_headings, figure.columns, "column");
    for (std::size_t i = 0; i < figure.panels.size(); ++i)
        for (const Layer& layer : figure.panels[i].layers)
            check_layer(layer, fmt::format("[draw] panel {}:", i));
}

// Drops points that are not finite and returns how many there were.
std::size_t keep_finite(std::vector<float>& xy) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < xy.size(); i += 2) {
        if (!std::isfinite(xy[i]) || !std::isfinite(xy[i + 1])) continue;
        xy[kept] = xy[i];
        xy[kept + 1] = xy[i + 1];
        kept += 2;
    }
    const std::size_t dropped = (xy.size() - kept) / 2;
    xy.resize(kept);
    return dropped;
}

void keep_at_most(std::vector<float>& xy, std::size_t most) {
    const std::size_t count = xy.size() / 2;
    if (count <= most) return;
    for (std::size_t i = 0; i < most; ++i) {
        const std::size_t from = i * count / most;
        xy[2 * i] = xy[2 * from];
        xy[2 * i + 1] = xy[2 * from + 1];
    }
    xy.resize(2 * most);
}

void extend(const Layer& layer, Extent& x, Extent& y) {
    const auto all = [](Extent& extent, const auto& values) {
        for (const auto value : values) extent.take(value);
    };
    std::visit(
        Overloaded{
            [&](const Points& points) {
                for (std::size_t i = 0; i < points.xy.size(); i += 2) {
                    x.take(points.xy[i]);
                    y.take(points.xy[i + 1]);
                }
            },
            [&](const Line& line) {
                all(x, line.x);
                all(y, line.y);
                all(y, line.low);
                all(y, line.high);
            },
            [&](const Heat& heat) {
                for (const double value : {heat.x.low, heat.x.high}) x.take(value);
                for (const double value : {heat.y.low, heat.y.high}) y.take(value);
            },
            [&](const Tiles& tiles) {
                for (const Cell& cell : tiles.cells) {
                    all(x, std::initializer_list<double>{cell.x0, cell.x1});
                    all(y, std::initializer_list<double>{cell.y0, cell.y1});
                }
            },
            [&](const Bars& bars) {
                for (const double value : bars.x)
                    all(x, std::initializer_list<double>{value - bars.width / 2, value + bars.width / 2});
                all(y, bars.y);
                y.take(0);
            }},
        layer);
}

// Too narrow to be written in twelve digits: an empty range to gnuplot.
bool is_degenerate(Range range) {
    const double largest = std::max(std::abs(range.low), std::abs(range.high));
    return !(range.high - range.low > 1e-10 * largest) || !std::isfinite(range.high - range.low);
}

void fill_ranges(Panel& panel) {
    Extent x, y;
    y.positive_only = panel.log_y;
    bool edge_to_edge = !panel.layers.empty(), bars = false;
    for (const Layer& layer : panel.layers) {
        extend(layer, x, y);
        edge_to_edge = edge_to_edge && std::holds_alternative<Heat>(layer);
        bars = bars || std::holds_alternative<Bars>(layer);
    }
    if (panel.log_y && !panel.y.automatic() && panel.y.low <= 0) panel.y = {};
    if (is_degenerate(panel.x)) panel.x = {};
    if (is_degenerate(panel.y)) panel.y = {};
    if (panel.x.automatic()) panel.x = x.range(edge_to_edge ? 0 : 0.03);
    if (panel.y.automatic()) {
        panel.y = y.range(edge_to_edge ? 0 : 0.05);
        if (bars && y.low == 0 && y.high > 0) panel.y.low = 0;  // bars stand on the axis
    }
    for (Layer& layer : panel.layers) {
        auto* heat = std::get_if<Heat>(&layer);
        if (heat == nullptr || !heat->scale.automatic()) continue;
        Extent values;
        for (const float value : heat->values) values.take(value);
        heat->scale = values.range(0);
    }
}

void add_to_caption(Panel& panel, const std::string& part) {
    panel.caption += panel.caption.empty() ? part : "  " + part;
}

void clean_points(Panel& panel, std::size_t most_points, const std::vector<std::size_t>& dropped) {
    std::size_t all = 0, outside = 0, not_finite = 0;
    for (std::size_t i = 0; i < panel.layers.size(); ++i) {
        not_finite += dropped[i];
        auto* points = std::get_if<Points>(&panel.layers[i]);
        if (points == nullptr) continue;
        all += points->xy.size() / 2;
        for (std::size_t k = 0; k < points->xy.size(); k += 2) {
            const double x = points->xy[k], y = points->xy[k + 1];
            const bool inside =
                x >= panel.x.low && x <= panel.x.high && y >= panel.y.low && y <= panel.y.high;
            outside += inside ? 0 : 1;
        }
        keep_at_most(points->xy, most_points);
    }
    if (not_finite > 0) add_to_caption(panel, fmt::format("{} not finite", not_finite));
    // A few stray points are no news; a panel that hides a good part of its cloud must say so.
    if (outside * 20 >= all && outside > 0)
        add_to_caption(panel, fmt::format("{:.0f}% out of view",
                                          100.0 * static_cast<double>(outside) / static_cast<double>(all)));
}

}  // namespace

Figure prepared(Figure figure) {
    check_figure(figure);
    for (Panel& panel : figure.panels) {
        std::vector<std::size_t> dropped(panel.layers.size(), 0);
        for (std::size_t i = 0; i < panel.layers.size(); ++i)
            if (auto* points = std::get_if<Points>(&panel.layers[i])) dropped[i] = keep_finite(points->xy);
        fill_ranges(panel);
        clean_points(panel, std::max<std::size_t>(figure.most_points, 1), dropped);
    }
    return figure;
}

double tick_step(Range range, double most) {
    const double least = (range.high - range.low) / std::max(most, 1.0);
    if (!std::isfinite(least) || least <= 0) return 1;
    const double power = std::pow(10.0, std::floor(std::log10(least)));
    for (const double digit : {1.0, 2.0, 5.0})
        if (digit * power >= least * (1 - 1e-9)) return digit * power;
    return 10 * power;
}

std::vector<std::string> tick_labels(Range range, double step) {
    std::vector<std::string> labels;
    const double slack = 1e-9 * (range.high - range.low);
    for (double i = std::ceil((range.low - slack) / step);
         i * step <= range.high + slack && labels.size() < 100; ++i)
        labels.push_back(fmt::format("{:g}", std::abs(i * step) < 1e-9 * step ? 0.0 : i * step));
    return labels;
}

}  // namespace mf::plot
