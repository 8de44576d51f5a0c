// SPDX-License-Identifier: MIT
#include "plot/layout.hpp"

#include <algorithm>
#include <cmath>

#include "plot/prepare.hpp"
#include "plot/text.hpp"

namespace mf::plot {
namespace {

constexpr double kTitleRoom = 25, kHeadingRoom = 20, kRowHeadingRoom = 22, kPanelTitleRoom = 18,
                 kTickRoom = 16, kLabelRoom = 16, kCaptionRoom = 13.5, kNoteRoom = 18, kLegendRoom = 15,
                 kBarGap = 8, kBarWidth = 9;

// Room around the frame of one panel.
struct Room {
    double left = 0, right = 0, top = 0, bottom = 0;
};

double widest(const std::vector<std::string>& labels) {
    double width = 0;
    for (const std::string& label : labels) width = std::max(width, text_width(label, kTickSize));
    return width;
}

std::vector<std::string> second_of(const std::vector<std::pair<double, std::string>>& names) {
    std::vector<std::string> texts;
    for (const auto& name : names) texts.push_back(name.second);
    return texts;
}

double width_of_panels(const Figure& figure) {
    if (figure.panel_width > 0) return std::round(figure.panel_width);
    return std::round(std::clamp(900.0 / static_cast<double>(figure.columns) - 14, 130.0, 330.0));
}

// Height that the panel would like to have at this width.
double height_of_panel(const Figure& figure, const Panel& panel, double width) {
    if (!panel.equal_aspect) return std::round(width * std::clamp(figure.panel_ratio, 0.1, 10.0));
    const double ratio = (panel.y.high - panel.y.low) / (panel.x.high - panel.x.low);
    return std::round(width * std::clamp(ratio, 0.25, 2.0));
}

// How many rows the legend above the panel takes; gnuplot's key has as many columns as fit.
int legend_rows(const Panel& panel, double width) {
    double longest = 0;
    int entries = 0;
    for (const Layer& layer : panel.layers)
        std::visit(
            [&](const auto& one) {
                if constexpr (requires { one.label; }) {
                    entries += one.label.empty() ? 0 : 1;
                    longest =
                        std::max(longest, one.label.empty() ? 0 : text_width(one.label, kTickSize) + 30);
                }
            },
            layer);
    if (entries == 0) return 0;
    const int columns = std::max(1, static_cast<int>(width / longest));
    return (entries + columns - 1) / columns;
}

// The heat whose colour scale is shown, or null.
const Heat* heat_with_bar(const Panel& panel) {
    for (const Layer& layer : panel.layers)
        if (const auto* heat = std::get_if<Heat>(&layer); heat != nullptr && heat->bar) return heat;
    return nullptr;
}

class Builder {
  public:
    explicit Builder(const Figure& figure) : figure_(figure), width_(width_of_panels(figure)) {
        left_.assign(figure.columns, 0);
        right_.assign(figure.columns, 0);
        top_.assign(figure.rows, 0);
        bottom_.assign(figure.rows, 0);
        height_.assign(figure.rows, 0);
        captions_.resize(figure.panels.size());
        layout_.panels.resize(figure.panels.size());
    }

    Layout build() {
        for (std::size_t i = 0; i < figure_.panels.size(); ++i)
            height_[row(i)] = std::max(height_[row(i)], height_of(i));
        for (std::size_t i = 0; i < figure_.panels.size(); ++i) reserve(i);
        place_grid();
        for (std::size_t i = 0; i < figure_.panels.size(); ++i) place_panel(i);
        place_headings();
        return std::move(layout_);
    }

  private:
    std::size_t row(std::size_t i) const { return i / figure_.columns; }
    std::size_t column(std::size_t i) const { return i % figure_.columns; }
    double height_of(std::size_t i) const { return height_of_panel(figure_, figure_.panels[i], width_); }

    // Steps of the ticks, and the room that panel i needs on its four sides.
    void reserve(std::size_t i) {
        const Panel& panel = figure_.panels[i];
        PanelLayout& out = layout_.panels[i];
        out.x_step = tick_step(panel.x, width_ / 48);
        out.y_step = tick_step(panel.y, height_[row(i)] / 38);
        const bool named_x = !panel.x_names.empty(), named_y = !panel.y_names.empty();
        Room room;
        if (panel.y_ticks == Ticks::labelled)
            room.left += widest(named_y ? second_of(panel.y_names)
                                        : tick_labels(panel.y, panel.log_y ? 1e300 : out.y_step)) +
                         (panel.log_y ? 30 : 7);
        if (panel.x_ticks == Ticks::labelled) {
            room.bottom += kTickRoom;
            const auto labels = named_x ? second_of(panel.x_names) : tick_labels(panel.x, out.x_step);
            if (!labels.empty() && !named_x) room.right = text_width(labels.back(), kTickSize) / 2 - 2;
        }
        room.left += panel.y_label.empty() ? 0 : kLabelRoom;
        room.bottom += panel.x_label.empty() ? 0 : kLabelRoom;
        if (const Heat* heat = heat_with_bar(panel)) {
            out.bar_step = tick_step(heat->scale, height_[row(i)] / 30);
            room.right = kBarGap + kBarWidth + 8 + widest(tick_labels(heat->scale, out.bar_step));
        }
        room.top = (panel.title.empty() ? 0 : kPanelTitleRoom) + legend_rows(panel, width_) * kLegendRoom;
        captions_[i] = wrapped(panel.caption, kTextSize, width_);
        room.bottom += captions_[i].empty() ? 0 : kCaptionRoom * static_cast<double>(captions_[i].size()) + 3;
        left_[column(i)] = std::max(left_[column(i)], room.left);
        right_[column(i)] = std::max(right_[column(i)], room.right);
        top_[row(i)] = std::max(top_[row(i)], room.top);
        bottom_[row(i)] = std::max(bottom_[row(i)], room.bottom);
    }

    // Left edge of each column's frames, top edge of each row's, and the canvas.
    void place_grid() {
        double x = kMargin + (figure_.row_headings.empty() ? 0 : kRowHeadingRoom);
        for (std::size_t c = 0; c < figure_.columns; ++c) {
            x += (c == 0 ? 0 : kGap) + std::ceil(left_[c]);
            x_.push_back(x);
            x += width_ + std::ceil(right_[c]);
        }
        double y = kMargin + (figure_.title.empty() ? 0 : kTitleRoom) +
                   (figure_.column_headings.empty() ? 0 : kHeadingRoom);
        for (std::size_t r = 0; r < figure_.rows; ++r) {
            y += (r == 0 ? 0 : kGap) + std::ceil(top_[r]);
            y_.push_back(y);
            y += height_[r] + std::ceil(bottom_[r]);
        }
        y += figure_.note.empty() ? 0 : kNoteRoom;
        layout_.width = static_cast<int>(std::ceil(x + kMargin));
        layout_.height = static_cast<int>(std::ceil(y + kMargin));
    }

    void place_panel(std::size_t i) {
        const Panel& panel = figure_.panels[i];
        PanelLayout& out = layout_.panels[i];
        const double cell_height = height_[row(i)];
        Frame frame{x_[column(i)], y_[row(i)], width_, cell_height};
        if (panel.equal_aspect) {
            const double ratio = (panel.y.high - panel.y.low) / (panel.x.high - panel.x.low);
            frame.width = std::min(width_, cell_height / ratio);
            frame.height = frame.width * ratio;
            frame.left += (width_ - frame.width) / 2;
            frame.top += (cell_height - frame.height) / 2;
        }
        out.frame = frame;
        if (heat_with_bar(panel) != nullptr)
            out.bar = {frame.right() + kBarGap, frame.top, kBarWidth, frame.height};

        const double centre = x_[column(i)] + width_ / 2;
        const auto add = [&](std::string_view text, double y, double size, Colour colour) {
            const FittedText fit = fitted(text, size, width_ + kGap / 2);
            out.texts.push_back({fit.text, centre, y, fit.size, PlacedText::Align::centre, false, colour});
        };
        if (!panel.title.empty())
            add(panel.title, frame.top - legend_rows(panel, width_) * kLegendRoom - 10, kPanelTitleSize,
                kInk);
        double y = frame.bottom() + (panel.x_ticks == Ticks::labelled ? kTickRoom : 0);
        if (!panel.x_label.empty()) add(panel.x_label, y + 9, kTextSize, kInk);
        y += panel.x_label.empty() ? 3 : kLabelRoom + 3;
        for (const std::string& line : captions_[i]) {
            add(line, y + kCaptionRoom / 2, kTextSize, kFaintInk);
            y += kCaptionRoom;
        }
        if (!panel.y_label.empty()) {
            const FittedText fit = fitted(panel.y_label, kTextSize, cell_height);
            out.texts.push_back({fit.text, x_[column(i)] - std::ceil(left_[column(i)]) + 7,
                                 frame.top + frame.height / 2, fit.size, PlacedText::Align::centre, true,
                                 kInk});
        }
    }

    void place_headings() {
        const double middle = (x_.front() + x_.back() + width_) / 2;
        const double reach = 2 * std::min(middle, layout_.width - middle) - kMargin;
        if (!figure_.title.empty()) {
            const FittedText fit = fitted(figure_.title, kTitleSize, reach);
            layout_.texts.push_back({fit.text, middle, kMargin + 7, fit.size});
        }
        for (std::size_t c = 0; c < figure_.column_headings.size(); ++c) {
            const FittedText fit = fitted(figure_.column_headings[c], kHeadingSize, width_ + kGap / 2);
            layout_.texts.push_back(
                {fit.text, x_[c] + width_ / 2, y_.front() - std::ceil(top_.front()) - 11, fit.size});
        }
        for (std::size_t r = 0; r < figure_.row_headings.size(); ++r) {
            const FittedText fit = fitted(figure_.row_headings[r], kHeadingSize, height_[r] + kGap / 2);
            layout_.texts.push_back({fit.text, kMargin + 7, y_[r] + height_[r] / 2, fit.size,
                                     PlacedText::Align::centre, true, kInk});
        }
        if (!figure_.note.empty()) {
            const FittedText fit = fitted(figure_.note, kTickSize, layout_.width - 2 * kMargin);
            layout_.texts.push_back({fit.text, kMargin, layout_.height - kMargin - 4, fit.size,
                                     PlacedText::Align::left, false, kFaintInk});
        }
    }

    const Figure& figure_;
    double width_;
    std::vector<double> left_, right_, top_, bottom_, height_, x_, y_;
    std::vector<std::vector<std::string>> captions_;
    Layout layout_;
};

}  // namespace

Layout laid_out(const Figure& figure) { return Builder(figure).build(); }

}  // namespace mf::plot
