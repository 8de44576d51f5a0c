// SPDX-License-Identifier: MIT
// Image files of known content, byte by byte.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <turbojpeg.h>
#include <zlib.h>

#include "io/picture.hpp"

namespace mf::test {

/// An IDX file; values are 0, 1, 2 ... (mod 256) unless given.
inline std::string idx_bytes(const std::vector<std::uint32_t>& shape, std::string values = {}) {
    std::string out = {'\0', '\0', '\x08', static_cast<char>(shape.size())};
    std::size_t count = 1;
    for (const std::uint32_t d : shape) {
        for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(d >> shift);
        count *= d;
    }
    for (std::size_t i = 0; values.size() < count; ++i) values += static_cast<char>(i);
    return out + values;
}

/// `text` as a gzip file.
inline std::string gzipped(const std::string& text) {
    z_stream stream{};
    if (::deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error("zlib");
    std::string out(::deflateBound(&stream, text.size()) + 32, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    ::deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    ::deflateEnd(&stream);
    return out;
}

/// A record of CIFAR: these labels; pixel p (in row order) is (p, p + 50, p + 100) + `shift`, mod 256.
inline std::string cifar_record(const std::vector<int>& labels, int shift = 0) {
    std::string out;
    for (const int label : labels) out += static_cast<char>(label);
    for (int c = 0; c < 3; ++c)
        for (int p = 0; p < 32 * 32; ++p) out += static_cast<char>(p + 50 * c + shift);
    return out;
}

/// A picture of one colour; gray when the three are the same and `channels` is 1.
inline Picture plain_picture(int width, int height, int red, int green, int blue, int channels = 3) {
    Picture out{width, height, channels, {}};
    for (int p = 0; p < width * height; ++p)
        for (const int value : {red, green, blue})
            if (static_cast<int>(out.pixels.size()) < (p + 1) * channels)
                out.pixels.push_back(static_cast<std::uint8_t>(value));
    return out;
}

/// A JPEG file (quality 100) with the given TJSAMP_ subsampling.
inline std::string jpeg_bytes(const Picture& picture, int subsampling = TJSAMP_444, int flags = 0) {
    const int format = picture.channels == 1 ? TJPF_GRAY : picture.channels == 3 ? TJPF_RGB : TJPF_CMYK;
    unsigned char* buffer = nullptr;
    unsigned long bytes = 0;
    tjhandle encoder = ::tjInitCompress();
    const int code =
        ::tjCompress2(encoder, picture.pixels.data(), picture.width, 0, picture.height, format, &buffer,
                      &bytes, picture.channels == 1 ? TJSAMP_GRAY : subsampling, 100, flags);
    ::tjDestroy(encoder);
    if (code != 0) throw std::runtime_error("turbojpeg");
    std::string out(reinterpret_cast<const char*>(buffer), bytes);
    ::tjFree(buffer);
    return out;
}

/// The same JPEG file with an EXIF segment: bytes in the order of Intel (little) or of Motorola.
inline std::string with_orientation(const std::string& jpeg, int orientation, bool little) {
    const auto word = [&](unsigned value, unsigned bytes) {
        std::string out;
        for (unsigned i = 0; i < bytes; ++i)
            out += static_cast<char>(value >> 8 * (little ? i : bytes - 1 - i));
        return out;
    };
    const auto entry = [&](unsigned tag, unsigned value) {
        return word(tag, 2) + word(3, 2) + word(1, 4) + word(value, 2) + word(0, 2);
    };
    const std::string tiff = (little ? "II" : "MM") + word(42, 2) + word(8, 4) + word(2, 2) +
                             entry(0x0100, 9) + entry(0x0112, static_cast<unsigned>(orientation)) +
                             word(0, 4);
    std::string segment =
        std::string("\xFF\xE1", 2) + std::string(1, '\0') + static_cast<char>(tiff.size() + 8);
    segment += std::string("Exif\0\0", 6) + tiff;
    return jpeg.substr(0, 2) + segment + jpeg.substr(2);
}

}  // namespace mf::test
