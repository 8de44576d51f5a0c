// SPDX-License-Identifier: MIT
#include "io/exif.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace mf {
namespace {

constexpr std::size_t kOrientationTag = 0x0112, kShort = 3;

/// A number of 2 or 4 bytes; 0 beyond the end.
std::size_t number(std::string_view bytes, std::size_t at, std::size_t length, bool little) {
    if (at > bytes.size() || length > bytes.size() - at) return 0;
    std::size_t out = 0;
    for (std::size_t i = 0; i < length; ++i) {
        const std::size_t from = at + (little ? length - 1 - i : i);
        out = out << 8 | static_cast<unsigned char>(bytes[from]);
    }
    return out;
}

/// The entry of the first directory of a TIFF structure.
int orientation_in(std::string_view tiff) {
    const bool little = tiff.starts_with("II");
    if (!little && !tiff.starts_with("MM")) return 1;
    const std::size_t directory = number(tiff, 4, 4, little);
    const std::size_t entries = number(tiff, directory, 2, little);
    for (std::size_t i = 0; i < entries; ++i) {
        const std::size_t entry = directory + 2 + 12 * i;
        if (number(tiff, entry, 2, little) != kOrientationTag) continue;
        const std::size_t value = number(tiff, entry + 8, 2, little);
        const bool sound = number(tiff, entry + 2, 2, little) == kShort && value >= 1 && value <= 8;
        return sound ? static_cast<int>(value) : 1;
    }
    return 1;
}

}  // namespace

int exif_orientation(std::string_view jpeg) {
    constexpr std::string_view start("Exif\0\0", 6);
    // Segments: FF, the kind, and two bytes of length that count themselves; pixels come after the kind DA.
    std::size_t at = 2;
    while (at + 4 <= jpeg.size() && jpeg[at] == '\xFF' && jpeg[at + 1] != '\xDA') {
        const std::size_t length = number(jpeg, at + 2, 2, false);
        const std::string_view body = jpeg.substr(at + 4, std::max<std::size_t>(length, 2) - 2);
        if (jpeg[at + 1] == '\xE1' && body.starts_with(start))
            return orientation_in(body.substr(start.size()));
        at += 2 + std::max<std::size_t>(length, 2);
    }
    return 1;
}

Picture upright(Picture picture, int orientation) {
    if (orientation <= 1 || orientation > 8) return picture;
    const int width = picture.width, height = picture.height, channels = picture.channels;
    const bool turned = orientation >= 5;
    Picture out{turned ? height : width, turned ? width : height, channels, {}};
    out.pixels.reserve(picture.pixels.size());
    const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    const bool from_below = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    for (int y = 0; y < out.height; ++y)
        for (int x = 0; x < out.width; ++x) {
            const int along = turned ? y : x, down = turned ? x : y;
            const int column = from_right ? width - 1 - along : along;
            const int row = from_below ? height - 1 - down : down;
            const auto from = picture.pixels.begin() + (std::ptrdiff_t{row} * width + column) * channels;
            out.pixels.insert(out.pixels.end(), from, from + channels);
        }
    return out;
}

}  // namespace mf
