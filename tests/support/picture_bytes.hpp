// SPDX-License-Identifier: MIT
// PNG and WebP files of known content, chunk by chunk.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <webp/encode.h>
#include <zlib.h>

#include "io/picture.hpp"

namespace mf::test {

inline std::string big_endian(std::uint64_t value, int bytes) {
    std::string out;
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
    return out;
}
inline std::string little_endian(std::uint64_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
    return out;
}

inline std::string png_chunk(const std::string& type, const std::string& body) {
    const std::string sum = type + body;
    const auto crc = ::crc32(0, reinterpret_cast<const Bytef*>(sum.data()), static_cast<uInt>(sum.size()));
    return big_endian(body.size(), 4) + sum + big_endian(crc, 4);
}

/// A PNG of this colour type and depth. `samples`: the bytes of all rows; `before`: chunks before the pixels, `after`:
/// behind them.
inline std::string png_of(std::uint32_t width, std::uint32_t height, int depth, int colour,
                          const std::string& samples, const std::string& before = {},
                          const std::string& after = {}) {
    const std::size_t row = samples.size() / height;
    std::string raw;
    for (std::size_t y = 0; y < height; ++y) raw += '\0' + samples.substr(y * row, row);
    uLongf bytes = ::compressBound(raw.size());
    std::string packed(bytes, '\0');
    ::compress2(reinterpret_cast<Bytef*>(packed.data()), &bytes, reinterpret_cast<const Bytef*>(raw.data()),
                raw.size(), 1);
    packed.resize(bytes);
    std::string head = big_endian(width, 4) + big_endian(height, 4);
    for (const int value : {depth, colour, 0, 0, 0}) head += static_cast<char>(value);
    return "\x89PNG\r\n\x1A\n" + png_chunk("IHDR", head) + before + png_chunk("IDAT", packed) + after +
           png_chunk("IEND", "");
}

/// EXIF data that note this orientation.
inline std::string exif_of(int orientation, bool little = true) {
    const auto word = [&](std::uint64_t value, int bytes) {
        return little ? little_endian(value, bytes) : big_endian(value, bytes);
    };
    return (little ? "II" : "MM") + word(42, 2) + word(8, 4) + word(1, 2) + word(0x0112, 2) + word(3, 2) +
           word(1, 4) + word(static_cast<std::uint64_t>(orientation), 2) + word(0, 2) + word(0, 4);
}

/// A lossless WebP of RGB or RGBA pixels.
inline std::string webp_bytes(const std::vector<std::uint8_t>& pixels, int width, int height, int channels) {
    std::uint8_t* out = nullptr;
    const std::size_t bytes = channels == 4
                                  ? ::WebPEncodeLosslessRGBA(pixels.data(), width, height, width * 4, &out)
                                  : ::WebPEncodeLosslessRGB(pixels.data(), width, height, width * 3, &out);
    if (bytes == 0) throw std::runtime_error("libwebp");
    std::string file(reinterpret_cast<const char*>(out), bytes);
    ::WebPFree(out);
    return file;
}

inline std::string riff_chunk(const std::string& type, const std::string& body) {
    return type + little_endian(body.size(), 4) + body + std::string(body.size() % 2, '\0');
}
inline std::string webp_of(const std::string& chunks) { return riff_chunk("RIFF", "WEBP" + chunks); }

/// The chunk that starts an extended WebP. `flags`: 2 animation, 8 EXIF, 16 alpha.
inline std::string webp_head(int flags, int width, int height) {
    return riff_chunk("VP8X", little_endian(static_cast<std::uint64_t>(flags), 4) +
                                  little_endian(static_cast<std::uint64_t>(width - 1), 3) +
                                  little_endian(static_cast<std::uint64_t>(height - 1), 3));
}

/// The pixels of a simple WebP file, as a chunk.
inline std::string webp_pixels(const std::string& file) { return file.substr(12); }

/// A frame of an animation, at an even place.
inline std::string webp_frame(int x, int y, int width, int height, const std::string& pixels) {
    const auto three = [](int value) { return little_endian(static_cast<std::uint64_t>(value), 3); };
    return riff_chunk("ANMF", three(x / 2) + three(y / 2) + three(width - 1) + three(height - 1) +
                                  three(100) + std::string(1, '\0') + pixels);
}

}  // namespace mf::test
