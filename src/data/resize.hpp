// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

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

/// Along one axis: the part [start, start + size) of that many cells (rows or columns), which may cut through some.
struct Window {
    double start, size;
    int cells;
};

/// Brings a part of a picture that comes row by row, and is not kept, to `side` x `side` pixels, as above.
class RowResizer {
  public:
    RowResizer(const Window& across, const Window& down, int channels, int side);
    ~RowResizer();
    RowResizer(const RowResizer&) = delete;
    RowResizer& operator=(const RowResizer&) = delete;

    /// The next row (across.cells, channels) of all that the picture has.
    void add(const std::uint8_t* row);
    /// (side, side, channels), after the last row.
    std::vector<std::uint8_t> take();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Copies `pixels` pixels from `from` channels to `to` (1 or 3 each): red, green and blue become their luma
/// (ITU-R BT.601: 0.299, 0.587, 0.114), gray becomes three equal channels.
void convert_channels(std::uint8_t* out, int to, const std::uint8_t* in, int from, std::int64_t pixels);

}  // namespace mf
