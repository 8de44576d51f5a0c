// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace mf {

/// Pixels of somebody else, (height, width, channels), 8 bits a channel.
struct PictureView {
    const std::uint8_t* pixels;
    int width, height, channels;
};

/// Cuts the largest square out of the middle and brings it to `side` x `side` pixels, `out` (side, side, channels).
/// Shrinking takes the mean over the area that each new pixel covers (no aliasing); enlarging interpolates linearly.
/// Values round to the nearest.
void crop_and_resize(std::uint8_t* out, const PictureView& in, int side);

/// Copies `pixels` pixels from `from` channels to `to` (1 or 3 each): red, green and blue become their luma
/// (ITU-R BT.601: 0.299, 0.587, 0.114), gray becomes three equal channels.
void convert_channels(std::uint8_t* out, int to, const std::uint8_t* in, int from, std::int64_t pixels);

}  // namespace mf
