// SPDX-License-Identifier: MIT
// libpng reports errors by longjmp, which must not pass over objects with destructors. So everything between
// a setjmp and the calls into libpng is plain data: functions named plain_...; whoever owns memory stands outside.
#pragma once

#include <array>
#include <csetjmp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <png.h>

namespace mf {

constexpr png_uint_32 kMostPngSide = 1 << 20;

/// What the plain functions share; no member has a destructor that matters to them.
struct PngJob {
    std::jmp_buf stop;  // ours, so that it need not be libpng's
    std::array<char, 120> message{};
    png_structp png = nullptr;
    png_infop info = nullptr;
    const char* input = nullptr;
    std::size_t left = 0;
    bool ran_out = false;  ///< more was wanted than there is
    std::string* output = nullptr;
};

/// Owns libpng's structures.
class PngSession {
  public:
    explicit PngSession(bool reading);
    ~PngSession();
    PngSession(const PngSession&) = delete;
    PngSession& operator=(const PngSession&) = delete;

    /// Throws what libpng last complained about, unless `ok`.
    void require(bool ok, const std::string& name) const;
    /// Looks at the chunks (see PngChunks) and reads up to the first pixel. Error when that cannot be.
    void start(std::string_view bytes, const std::string& name);

    PngJob job;

  private:
    bool reading_;
};

/// What the frame of a PNG file says.
struct PngChunks {
    png_uint_32 width, height;
    std::string_view exif;  ///< of the first eXIf chunk that is sound
    bool ended;             ///< there is an IEND
};

/// Walks over the chunks, each of which must lie inside of the file; only the one that says that it ends may be
/// missing. libpng finds that out, too, but only after it has taken (and cleared) memory for the length that a chunk
/// claims, which can be 2 GiB.
PngChunks png_chunks(std::string_view bytes, const std::string& name);

std::vector<png_bytep> png_row_pointers(unsigned char* pixels, std::size_t height, std::size_t row);

}  // namespace mf
