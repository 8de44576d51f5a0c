// SPDX-License-Identifier: MIT
#include "io/jpeg.hpp"

#include <memory>
#include <utility>

#include <turbojpeg.h>

#include "core/error.hpp"
#include "io/exif.hpp"
#include "io/shown.hpp"

namespace mf {
namespace {

constexpr std::uint64_t kMostPixelBytes = std::uint64_t{1} << 28;
// A block of 8 x 8 pixels takes a bit at the very least (the code of its mean). Only arithmetic coding, which hardly
// anything writes, could pack an empty picture more densely.
constexpr std::uint64_t kMostPixelsInAByte = 512;

struct Closer {
    void operator()(void* decoder) const { ::tjDestroy(decoder); }
};
using Decoder = std::unique_ptr<void, Closer>;

/// Throws what the library last complained about, unless `code` is its word for success.
void require(const Decoder& decoder, int code, const std::string& name) {
    check(code == 0, "[jpeg] {}: {}", name, one_line(::tjGetErrorStr2(decoder.get())));
}

/// Four inverted inks a pixel to red, green and blue.
std::vector<std::uint8_t> from_inks(const std::vector<std::uint8_t>& inks) {
    std::vector<std::uint8_t> out(inks.size() / 4 * 3);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const unsigned black = inks[i / 3 * 4 + 3];
        out[i] = static_cast<std::uint8_t>((inks[i / 3 * 4 + i % 3] * black + 127) / 255);
    }
    return out;
}

}  // namespace

Picture decode_jpeg(std::string_view bytes, const std::string& name) {
    check(bytes.starts_with("\xFF\xD8"), "[jpeg] {}: is not a JPEG file, or it is truncated", name);
    const Decoder decoder(::tjInitDecompress());
    check(decoder != nullptr, "[jpeg] no memory");
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    int width = 0, height = 0, subsampling = 0, colours = 0;
    require(decoder,
            ::tjDecompressHeader3(decoder.get(), data, bytes.size(), &width, &height, &subsampling, &colours),
            name);
    const bool gray = colours == TJCS_GRAY, inks = colours == TJCS_CMYK || colours == TJCS_YCCK;
    const std::uint64_t pixels = static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
    const std::uint64_t decoded = gray ? 1 : inks ? 4 : 3;
    check(pixels * decoded <= kMostPixelBytes, "[jpeg] {}: {} x {} pixels are too many", name, width, height);
    check(pixels <= bytes.size() * kMostPixelsInAByte,
          "[jpeg] {}: the file is truncated: {} bytes cannot hold {} x {} pixels", name, bytes.size(), width,
          height);
    Picture out{width, height, gray ? 1 : 3, std::vector<std::uint8_t>(pixels * decoded)};
    const int code = ::tjDecompress2(decoder.get(), data, bytes.size(), out.pixels.data(), width, 0, height,
                                     gray   ? TJPF_GRAY
                                     : inks ? TJPF_CMYK
                                            : TJPF_RGB,
                                     TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS | TJFLAG_ACCURATEDCT);
    require(decoder, code, name);
    if (inks) out.pixels = from_inks(out.pixels);
    return upright(std::move(out), exif_orientation(bytes));
}

}  // namespace mf
