// SPDX-License-Identifier: MIT
#include "data/picture_reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/error.hpp"
#include "io/exif.hpp"
#include "io/picture_file.hpp"

namespace mf {
namespace {

/// Where the middle square lies along an axis of `stored` pixels. An odd rest goes to the far end, or where turning the
/// picture makes that the near one (`from_far`) to this. The decoder may have brought the axis to fewer cells, `scale` for
/// each stored pixel.
Window middle(int stored, int square, bool from_far, double scale, int cells) {
    const int start = (stored - square + (from_far ? 1 : 0)) / 2;
    return {start * scale, square * scale, cells};
}

/// The middle square of a picture of which only a row is held.
Picture shrunk(PictureRows& rows, int side) {
    const auto [stored_width, stored_height] = rows.stored();
    const auto [across, down] = rows.scale();
    const int square = std::min(stored_width, stored_height), turn = rows.orientation();
    RowResizer resizer(middle(stored_width, square, starts_right(turn), across, rows.width()),
                       middle(stored_height, square, starts_below(turn), down, rows.height()),
                       rows.channels(), side);
    std::vector<std::uint8_t> row(static_cast<std::size_t>(rows.width()) *
                                  static_cast<std::size_t>(rows.channels()));
    for (int y = 0; y < rows.height(); ++y) {
        rows.next(row.data());
        resizer.add(row.data());
    }
    return upright({side, side, rows.channels(), resizer.take()}, rows.orientation());
}

/// A number that is nothing but digits in this base and at most 255, or -1.
int byte_in(std::string_view digits, int base) {
    int value = -1;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    const bool whole = code == std::errc() && end == digits.data() + digits.size();
    return whole && value >= 0 && value <= 255 ? value : -1;
}

}  // namespace

ReadPicture read_for(const std::filesystem::path& path, const ImageForm& form, const Colour& ground,
                     std::uint64_t held_bytes) {
    ReadPicture out;
    read_rows(path, {ground, form.size, held_bytes}, [&](PictureRows& rows) {
        out.picture = rows.streamed() ? shrunk(rows, form.size) : whole_picture(rows);
        out.notes = rows.notes();
    });
    return out;
}

Colour colour_of(const std::string& key, const std::string& text) {
    if (text == "white") return {255, 255, 255};
    if (text == "black") return {0, 0, 0};
    std::vector<int> parts;
    if (text.size() == 7 && text[0] == '#') {
        for (std::size_t i = 1; i < 7; i += 2)
            parts.push_back(byte_in(std::string_view(text).substr(i, 2), 16));
    } else {
        for (const std::string& part : split_list(text)) parts.push_back(byte_in(part, 10));
        if (parts.size() == 1) parts = {parts[0], parts[0], parts[0]};
    }
    if (parts.size() != 3 || std::ranges::find(parts, -1) != parts.end())
        throw UsageError(fmt::format("{}={}: expected a colour", key, text),
                         "white, black, a gray 0 to 255, #rrggbb or red,green,blue (0 to 255 each)");
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(parts[i]); };
    return {byte(0), byte(1), byte(2)};
}

}  // namespace mf
