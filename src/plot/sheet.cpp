// SPDX-License-Identifier: MIT
#include "plot/sheet.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"

namespace mf::plot {

Picture image_sheet(std::span<const std::uint8_t> images, std::size_t count, std::size_t height,
                    std::size_t width, std::size_t channels, std::size_t columns, std::size_t padding,
                    std::uint8_t background) {
    check(channels == 1 || channels == 3, "[image_sheet] channels: expected 1 or 3, got {}", channels);
    check(count > 0 && height > 0 && width > 0, "[image_sheet] nothing to show: {} images of {} x {}", count,
          height, width);
    check(images.size() == count * height * width * channels,
          "[image_sheet] {} images of {} x {} x {} got {} bytes", count, height, width, channels,
          images.size());
    if (columns == 0) {
        const double square = std::sqrt(static_cast<double>(count * height) / static_cast<double>(width));
        columns = static_cast<std::size_t>(std::max(1.0, std::round(square)));
    }
    columns = std::min(columns, count);
    const std::size_t rows = (count + columns - 1) / columns;
    Picture sheet{columns * (width + padding) + padding, rows * (height + padding) + padding, channels, {}};
    sheet.pixels.assign(sheet.width * sheet.height * channels, background);
    const std::size_t line = width * channels;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t left = padding + i % columns * (width + padding);
        const std::size_t top = padding + i / columns * (height + padding);
        for (std::size_t y = 0; y < height; ++y) {
            const auto from = images.begin() + static_cast<std::ptrdiff_t>((i * height + y) * line);
            const std::size_t to = ((top + y) * sheet.width + left) * channels;
            std::copy_n(from, line, sheet.pixels.begin() + static_cast<std::ptrdiff_t>(to));
        }
    }
    return sheet;
}

}  // namespace mf::plot
