// SPDX-License-Identifier: MIT
// Many small images as one picture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mf::plot {

/// 8-bit pixels, (height, width, channels); 1 channel is grey, 3 are red, green and blue.
struct Picture {
    std::size_t width = 0, height = 0, channels = 0;
    std::vector<std::uint8_t> pixels;
};

/// Lays out `images` (count, height, width, channels) row by row with `padding` pixels of `background`
/// between and around them. `columns` 0: as many as make the sheet nearly square. Error when the sizes do not
/// match.
Picture image_sheet(std::span<const std::uint8_t> images, std::size_t count, std::size_t height,
                    std::size_t width, std::size_t channels, std::size_t columns = 0, std::size_t padding = 2,
                    std::uint8_t background = 255);

}  // namespace mf::plot
