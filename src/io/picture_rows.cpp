// SPDX-License-Identifier: MIT
#include "io/picture_rows.hpp"

#include "core/error.hpp"
#include "io/exif.hpp"

namespace mf {
namespace {

std::string mib(std::uint64_t bytes) { return fmt::format("{} MiB", (bytes + (1 << 20) - 1) >> 20); }

}  // namespace

bool is_streamed(const std::string& place, std::uint64_t width, std::uint64_t height, int channels,
                 const PictureWish& wish) {
    const std::uint64_t pixels = width * height, bytes = pixels * static_cast<std::uint64_t>(channels);
    if (bytes <= wish.held_bytes) return false;
    if (wish.side == 0)
        throw Error(fmt::format("{}: {} x {} pixels are too many: they take {}, expected at most {}", place,
                                width, height, mib(bytes), mib(wish.held_bytes)),
                    fmt::format("with data.size=32 (or another side) pictures of up to {} megapixels are "
                                "shrunk while they are read",
                                kMostStreamedPixels / 1000000));
    if (pixels > kMostStreamedPixels)
        throw Error(fmt::format("{}: {} x {} pixels are too many, expected at most {} megapixels", place,
                                width, height, kMostStreamedPixels / 1000000),
                    "make the picture smaller first");
    return true;
}

void check_inner_bytes(const std::string& place, const std::string& what, std::uint64_t bytes) {
    if (bytes <= kMostInnerBytes) return;
    throw Error(
        fmt::format("{}: {} takes {} to decode, expected at most {}", place, what, mib(bytes),
                    mib(kMostInnerBytes)),
        "make the picture smaller first, or store it as a baseline JPEG or a PNG that is not interlaced");
}

Picture whole_picture(PictureRows& rows) {
    Picture out{rows.width(), rows.height(), rows.channels(), {}};
    const std::size_t row = static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.channels);
    out.pixels.resize(row * static_cast<std::size_t>(out.height));
    for (std::size_t y = 0; y < static_cast<std::size_t>(out.height); ++y)
        rows.next(out.pixels.data() + y * row);
    return upright(std::move(out), rows.orientation());
}

bool lay_on(std::uint8_t* out, int to, const std::uint8_t* in, int from, std::int64_t pixels,
            const Colour& ground) {
    bool shows = false;
    const int step = from == 4 ? 1 : 0;  // between the colours of a pixel
    for (std::int64_t i = 0; i < pixels; ++i, in += from) {
        const unsigned alpha = in[from - 1];
        shows = shows || alpha < 255;
        for (int c = 0; c < to; ++c) {
            const unsigned sum = in[c * step] * alpha + ground[static_cast<std::size_t>(c)] * (255 - alpha);
            const unsigned seven = (sum + 128) << 7;  // sum / 255, with seven bits more until it is rounded
            *out++ = static_cast<std::uint8_t>((seven + (seven >> 8)) >> 15);
        }
    }
    return shows;
}

}  // namespace mf
