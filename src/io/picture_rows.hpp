// SPDX-License-Identifier: MIT
// Pictures that come row by row, so that one of a hundred megapixels need not be held whole.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "io/picture.hpp"

namespace mf {

/// Red, green and blue, 8 bits each.
using Colour = std::array<std::uint8_t, 3>;

/// Most bytes of 8-bit pixels that are held as a whole, and most pixels that are read row by row.
constexpr std::uint64_t kMostHeldBytes = std::uint64_t{1} << 28, kMostStreamedPixels = std::uint64_t{1} << 30;
/// Most bytes that a format may take inside which cannot be decoded row by row: coefficients of a progressive JPEG,
/// pixels of an interlaced PNG or of a WebP.
constexpr std::uint64_t kMostInnerBytes = std::uint64_t{1} << 30;

/// How somebody wants a picture.
struct PictureWish {
    Colour ground = {255, 255, 255};  ///< what shows where the picture is transparent
    /// Above 0: only a square of so many pixels a side will be made of the middle. Then a picture that is too large to
    /// be held comes row by row, where the format can do so already scaled down to no less than four times this side.
    int side = 0;
    std::uint64_t held_bytes = kMostHeldBytes;  ///< a larger one is not held as a whole
};

/// What is worth a remark about a picture that was read.
struct PictureNotes {
    bool transparent = false;  ///< the ground shows somewhere
    std::string warning;       ///< what is wrong with the file, though no pixel is missing; empty: nothing
};

/// A picture from its top row to its last, as it is stored (see `orientation`), 8 bits a channel.
class PictureRows {
  public:
    virtual ~PictureRows() = default;
    PictureRows() = default;
    PictureRows(const PictureRows&) = delete;
    PictureRows& operator=(const PictureRows&) = delete;

    /// Of what comes. Where the decoder scales it, that is less than what is stored, and `scale` is how many columns and
    /// rows come for a stored one.
    int width() const { return width_; }
    int height() const { return height_; }
    std::pair<int, int> stored() const { return stored_; }
    std::pair<double, double> scale() const { return scale_; }
    /// 1: gray, 3: red, green, blue; nothing is transparent any more.
    int channels() const { return channels_; }
    /// How it is to be turned (1 to 8, see io/exif.hpp).
    int orientation() const { return orientation_; }
    /// True when it is too large to be held as it is stored (then PictureWish::side is above 0).
    bool streamed() const { return streamed_; }
    /// Writes the next row (width, channels). Error when data of it are missing or damaged beyond reading.
    virtual void next(std::uint8_t* row) = 0;
    /// Complete once the last row was read.
    const PictureNotes& notes() const { return notes_; }

  protected:
    int width_ = 0, height_ = 0, channels_ = 3, orientation_ = 1;
    std::pair<int, int> stored_{0, 0};  // width and height
    std::pair<double, double> scale_{1, 1};
    bool streamed_ = false;
    PictureNotes notes_;
};

/// True when a picture of this extent is too large to be held (more than kMostHeldBytes). Error, with the limit and a
/// remedy, when `wish` does not let it be streamed or it is too large for that as well. `place`: "[png] path".
bool is_streamed(const std::string& place, std::uint64_t width, std::uint64_t height, int channels,
                 const PictureWish& wish);
/// Error, with the limit and a remedy, when decoding would take more than kMostInnerBytes.
void check_inner_bytes(const std::string& place, const std::string& what, std::uint64_t bytes);

/// All rows, turned the way they are to be seen.
Picture whole_picture(PictureRows& rows);

/// Lays `pixels` pixels with alpha (gray and alpha, or RGB and alpha: `from` is 2 or 4) on `ground`: `out` has `to`
/// channels, 1 (from 2 only, on a gray ground) or 3. Rounds like Pillow's alpha_composite. True when the ground shows.
bool lay_on(std::uint8_t* out, int to, const std::uint8_t* in, int from, std::int64_t pixels,
            const Colour& ground);

}  // namespace mf
