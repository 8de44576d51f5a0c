// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

namespace mf {

/// A picture of 8 bits a channel.
struct Picture {
    int width = 0, height = 0;
    int channels = 3;                  ///< 1: gray, 3: red, green, blue
    std::vector<std::uint8_t> pixels;  ///< (height, width, channels)
};

}  // namespace mf
