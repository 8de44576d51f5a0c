// SPDX-License-Identifier: MIT
#include "plot/picture_grid.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/error.hpp"
#include "io/png.hpp"
#include "plot/child.hpp"
#include "plot/script.hpp"
#include "plot/text.hpp"

namespace mf::plot {
namespace {

namespace fs = std::filesystem;

// Pixels, except where a name says points (kPngScale pixels each).
constexpr int kBorder = 28, kGroupGap = 36, kLine = 34, kTitleLine = 46, kAxisLine = 38, kLabelGap = 14;
constexpr int kMostRowLabel = 260;
constexpr double kNoteSize = 10, kRowSize = 11.5;
constexpr double kWidest = 1500, kSmallest = 64, kLargest = 128;

double in_points(double pixels) { return pixels / kPngScale; }

// A folder that goes with all that is in it.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string name = (fs::temp_directory_path() / "meanflow-grid-XXXXXX").string();
        check(::mkdtemp(name.data()) != nullptr, "[picture grid] no folder can be made in {}",
              fs::temp_directory_path().string());
        path_ = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

// A white canvas with these texts, as three channels.
mf::Picture set_texts(const Layout& layout) {
    const auto gnuplot = find_program("gnuplot");
    if (!gnuplot) throw Error("[picture grid] gnuplot is not installed", "apt-get install gnuplot-nox");
    const TemporaryFolder folder;
    std::string script = fmt::format(
        "set encoding utf8\nset terminal pngcairo size {},{} noenhanced font '{},{}' background '#ffffff' "
        "fontscale {}\nset output 'texts.png'\nset border 0\nunset tics\nunset key\n",
        layout.width * kPngScale, layout.height * kPngScale, kFont, kTickSize, 0.75 * kPngScale);
    for (const PlacedText& text : layout.texts) script += label_command(layout, text);
    script += "plot [0:1] [0:1] NaN\n";
    std::ofstream(folder.path() / "texts.gp", std::ios::binary) << script;
    const ChildResult result = run_child(*gnuplot, {"-d", "texts.gp"}, folder.path());
    check(result.code == 0, "[picture grid] gnuplot failed (exit code {}): {}", result.code,
          one_line(result.errors));
    mf::Picture out = read_png(folder.path() / "texts.png");
    if (out.channels == 3) return out;
    mf::Picture wide{out.width, out.height, 3, {}};
    for (const std::uint8_t grey : out.pixels) wide.pixels.insert(wide.pixels.end(), 3, grey);
    return wide;
}

class GridBuilder {
  public:
    explicit GridBuilder(const PictureGrid& grid) : grid_(grid) {
        for (const PictureGroup& group : grid.groups) columns_ += group.columns.size();
        check(!grid.rows.empty() && columns_ > 0 && grid.height > 0 && grid.width > 0,
              "[picture grid] a grid needs a row, a column and pictures");
        check(grid.cells.size() == grid.rows.size() * columns_,
              "[picture grid] {} rows of {} columns got {} cells", grid.rows.size(), columns_,
              grid.cells.size());
        check(grid.channels == 1 || grid.channels == 3, "[picture grid] channels: expected 1 or 3, got {}",
              grid.channels);
        for (const auto& cell : grid.cells) {
            check(cell.size() % picture_bytes() == 0,
                  "[picture grid] {} bytes are no pictures of {} x {} x {}", cell.size(), grid.height,
                  grid.width, grid.channels);
            most_ = std::max(most_, cell.size() / picture_bytes());
        }
        block_columns_ = std::clamp<std::size_t>(grid.block_columns, 1, most_);
        block_rows_ = (most_ + block_columns_ - 1) / block_columns_;
        choose_zoom();
    }

    mf::Picture draw() {
        place_columns();
        place_rows();
        place_words();
        layout_.width = (right_ + kBorder + 1) / kPngScale;
        layout_.height = (bottom_ + kBorder / 2 + 1) / kPngScale;
        mf::Picture canvas = set_texts(layout_);
        for (std::size_t row = 0; row < grid_.rows.size(); ++row)
            for (std::size_t column = 0; column < columns_; ++column) paste(canvas, row, column);
        return canvas;
    }

  private:
    std::size_t picture_bytes() const { return grid_.height * grid_.width * grid_.channels; }
    int side(std::size_t pixels, std::size_t count) const {
        return static_cast<int>(count * pixels * zoom_ + (count - 1) * inner_);
    }
    int cell_width() const { return side(grid_.width, block_columns_); }
    int cell_height() const { return side(grid_.height, block_rows_); }

    void choose_zoom() {
        const auto wide = static_cast<double>(columns_ * block_columns_);
        const double target = std::clamp(kWidest / wide, kSmallest, kLargest);
        zoom_ = grid_.zoom > 0 ? grid_.zoom
                               : static_cast<std::size_t>(
                                     std::max(1.0, std::floor(target / static_cast<double>(grid_.width))));
        inner_ = 2;
        gap_ = most_ > 1 ? 12 : 4;
    }

    void text(std::string words, double x, double y, double size, PlacedText::Align align, Colour colour,
              bool rotated = false) {
        layout_.texts.push_back({std::move(words), in_points(x), in_points(y), size, align, rotated, colour});
    }

    // Left edges of the cells, behind the labels of the rows.
    void place_columns() {
        double widest = 0;
        for (const std::string& label : grid_.rows)
            widest = std::max(widest, kPngScale * text_width(label, kRowSize));
        row_label_ = static_cast<int>(std::min<double>(std::ceil(widest), kMostRowLabel));
        int x = kBorder + (grid_.row_title.empty() ? 0 : kAxisLine) + row_label_ +
                (row_label_ > 0 ? kLabelGap : 0);
        for (const PictureGroup& group : grid_.groups) {
            group_left_.push_back(x);
            for (std::size_t i = 0; i < group.columns.size(); ++i) {
                left_.push_back(x);
                x += cell_width() + gap_;
            }
            x += -gap_ + kGroupGap;
            group_right_.push_back(x - kGroupGap);
        }
        right_ = x - kGroupGap;
        // Words need room even over a single column.
        right_ = std::max(right_, left_[0] + 260);
    }

    void place_rows() {
        int y = kBorder / 2;
        const auto has_words = [](const std::vector<std::string>& texts) {
            return std::ranges::any_of(texts, [](const std::string& text) { return !text.empty(); });
        };
        const auto line = [&](bool wanted, int height) {
            const int middle = y + height / 2;
            y += wanted ? height : 0;
            return middle;
        };
        bool headings = false, labels = false;
        for (const PictureGroup& group : grid_.groups) {
            headings |= !group.heading.empty();
            labels |= has_words(group.columns);
        }
        title_y_ = line(!grid_.title.empty(), kTitleLine);
        heading_y_ = line(headings, kAxisLine);
        column_title_y_ = line(!grid_.column_title.empty(), kLine);
        label_y_ = line(labels, kLine);
        y += 4;
        for (std::size_t row = 0; row < grid_.rows.size(); ++row) {
            top_.push_back(y);
            y += cell_height() + gap_;
        }
        bottom_ = y - gap_;
    }

    void place_words() {
        using Align = PlacedText::Align;
        const double middle = 0.5 * (left_[0] + group_right_.back());
        if (!grid_.title.empty()) text(grid_.title, middle, title_y_, kTitleSize, Align::centre, kInk);
        double title_size = kTextSize;  // one size over all groups
        for (std::size_t g = 0; g < grid_.groups.size(); ++g) {
            const double width = in_points(group_right_[g] - group_left_[g] + kGroupGap / 2.0);
            title_size =
                std::min(title_size, fitted(grid_.column_title, kTextSize, std::max(width, 120.0)).size);
        }
        std::size_t column = 0;
        for (std::size_t g = 0; g < grid_.groups.size(); ++g) {
            const PictureGroup& group = grid_.groups[g];
            const double centre = 0.5 * (group_left_[g] + group_right_[g]);
            const double width = in_points(group_right_[g] - group_left_[g] + kGroupGap / 2.0);
            const auto fit_heading = fitted(group.heading, kHeadingSize, width);
            if (!group.heading.empty())
                text(fit_heading.text, centre, heading_y_, fit_heading.size, Align::centre, kInk);
            const FittedText fit_title = fitted(grid_.column_title, title_size, std::max(width, 120.0));
            if (!grid_.column_title.empty())
                text(fit_title.text, centre, column_title_y_, fit_title.size, Align::centre, kFaintInk);
            double size = kTextSize;  // one size for all labels of a group
            const double room = in_points(cell_width() + gap_ - 2);
            for (const std::string& label : group.columns)
                size = std::min(size, fitted(label, kTextSize, room).size);
            for (const std::string& label : group.columns) {
                const FittedText fit = fitted(label, size, room);
                if (!label.empty())
                    text(fit.text, left_[column] + cell_width() / 2.0, label_y_, fit.size, Align::centre,
                         kInk);
                ++column;
            }
        }
        for (std::size_t row = 0; row < grid_.rows.size(); ++row) {
            if (grid_.rows[row].empty()) continue;
            const FittedText fit = fitted(grid_.rows[row], kRowSize, in_points(row_label_) + 1);
            text(fit.text, left_[0] - kLabelGap, top_[row] + cell_height() / 2.0, fit.size, Align::right,
                 kInk);
        }
        if (!grid_.row_title.empty())
            text(grid_.row_title, kBorder + kAxisLine / 2.0 - 6, 0.5 * (top_[0] + bottom_), kTextSize,
                 Align::centre, kFaintInk, true);
        if (grid_.note.empty()) return;
        bottom_ += 14;
        for (const std::string& line : wrapped(grid_.note, kNoteSize, in_points(right_ - left_[0]))) {
            const FittedText fit = fitted(line, kNoteSize, in_points(right_ - left_[0]));
            text(fit.text, left_[0], bottom_ + 14, fit.size, Align::left, kFaintInk);
            bottom_ += 28;
        }
    }

    // Nearest neighbour by a whole factor: a pixel becomes a square.
    void paste(mf::Picture& canvas, std::size_t row, std::size_t column) const {
        const std::vector<std::uint8_t>& cell = grid_.cells[row * columns_ + column];
        for (std::size_t i = 0; i < cell.size() / picture_bytes(); ++i) {
            const std::size_t left =
                static_cast<std::size_t>(left_[column]) + i % block_columns_ * (grid_.width * zoom_ + inner_);
            const std::size_t top =
                static_cast<std::size_t>(top_[row]) + i / block_columns_ * (grid_.height * zoom_ + inner_);
            const std::uint8_t* picture = cell.data() + i * picture_bytes();
            for (std::size_t y = 0; y < grid_.height * zoom_; ++y)
                for (std::size_t x = 0; x < grid_.width * zoom_; ++x) {
                    const std::uint8_t* from =
                        picture + (y / zoom_ * grid_.width + x / zoom_) * grid_.channels;
                    std::uint8_t* to = canvas.pixels.data() +
                                       ((top + y) * static_cast<std::size_t>(canvas.width) + left + x) * 3;
                    for (std::size_t c = 0; c < 3; ++c) to[c] = from[grid_.channels == 3 ? c : 0];
                }
        }
    }

    const PictureGrid& grid_;
    std::size_t columns_ = 0, most_ = 1, block_columns_ = 1, block_rows_ = 1, zoom_ = 1, inner_ = 0;
    int gap_ = 0, row_label_ = 0, right_ = 0, bottom_ = 0;
    int title_y_ = 0, heading_y_ = 0, column_title_y_ = 0, label_y_ = 0;
    std::vector<int> left_, top_, group_left_, group_right_;
    Layout layout_;
};

}  // namespace

mf::Picture draw_picture_grid(const PictureGrid& grid) { return GridBuilder(grid).draw(); }

}  // namespace mf::plot
