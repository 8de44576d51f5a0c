// SPDX-License-Identifier: MIT
#include "io/exif.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace mf {
namespace {

constexpr std::size_t kOrientationTag = 0x0112, kShort = 3;
constexpr std::string_view kStart("Exif\0\0", 6);

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

}  // namespace

int orientation_of(std::string_view exif) {
    while (exif.starts_with(kStart)) exif.remove_prefix(kStart.size());
    // A TIFF structure; the entry is in its first directory.
    const bool little = exif.starts_with("II");
    if (!little && !exif.starts_with("MM")) return 1;
    const std::size_t directory = number(exif, 4, 4, little);
    const std::size_t entries = number(exif, directory, 2, little);
    for (std::size_t i = 0; i < entries; ++i) {
        const std::size_t entry = directory + 2 + 12 * i;
        if (number(exif, entry, 2, little) != kOrientationTag) continue;
        const std::size_t value = number(exif, entry + 8, 2, little);
        const bool sound = number(exif, entry + 2, 2, little) == kShort && value >= 1 && value <= 8;
        return sound ? static_cast<int>(value) : 1;
    }
    return 1;
}

int exif_orientation(std::string_view jpeg) {
    // Segments: FF (once or more), the kind, and two bytes of length that count themselves; pixels come after the kind
    // DA. What lies between segments belongs nowhere, and decoders skip it.
    std::size_t at = 2;
    while (at + 4 <= jpeg.size()) {
        if (jpeg[at] != '\xFF' || jpeg[at + 1] == '\xFF' || jpeg[at + 1] == '\0') {
            ++at;
            continue;
        }
        if (jpeg[at + 1] == '\xDA') return 1;
        const std::size_t length = number(jpeg, at + 2, 2, false);
        const std::string_view body = jpeg.substr(at + 4, std::max<std::size_t>(length, 2) - 2);
        if (jpeg[at + 1] == '\xE1' && body.starts_with(kStart)) return orientation_of(body);
        at += 2 + std::max<std::size_t>(length, 2);
    }
    return 1;
}

bool starts_right(int orientation) {
    return orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
}

bool starts_below(int orientation) {
    return orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
}

Picture upright(Picture picture, int orientation) {
    if (orientation <= 1 || orientation > 8) return picture;
    const int width = picture.width, height = picture.height, channels = picture.channels;
    const bool turned = orientation >= 5;
    Picture out{turned ? height : width, turned ? width : height, channels, {}};
    out.pixels.reserve(picture.pixels.size());
    for (int y = 0; y < out.height; ++y)
        for (int x = 0; x < out.width; ++x) {
            const int along = turned ? y : x, down = turned ? x : y;
            const int column = starts_right(orientation) ? width - 1 - along : along;
            const int row = starts_below(orientation) ? height - 1 - down : down;
            const auto from = picture.pixels.begin() + (std::ptrdiff_t{row} * width + column) * channels;
            out.pixels.insert(out.pixels.end(), from, from + channels);
        }
    return out;
}

}  // namespace mf
