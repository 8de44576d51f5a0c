// SPDX-License-Identifier: MIT
#include "io/picture_kind.hpp"

#include <algorithm>
#include <array>

namespace mf {
namespace {

using namespace std::string_view_literals;

/// Bytes that a kind of file has at one place.
struct Sign {
    std::size_t at;
    std::string_view bytes, name;
    PictureKind kind;
};

constexpr auto kOther = PictureKind::other, kNone = PictureKind::none;
constexpr auto kHeic = "a HEIC picture"sv, kAvif = "an AVIF picture"sv, kTiff = "a TIFF picture"sv;

/// The more telling ones first.
constexpr std::array kSigns = {
    Sign{0, "\x89PNG\r\n\x1A\n"sv, "a PNG picture"sv, PictureKind::png},
    Sign{0, "\xFF\xD8\xFF"sv, "a JPEG picture"sv, PictureKind::jpeg},
    Sign{8, "WEBPVP8"sv, "a WebP picture"sv, PictureKind::webp},
    Sign{0, "GIF87a"sv, "a GIF picture"sv, kOther},
    Sign{0, "GIF89a"sv, "a GIF picture"sv, kOther},
    Sign{4, "ftypavif"sv, kAvif, kOther},
    Sign{4, "ftypavis"sv, kAvif, kOther},
    Sign{4, "ftyphei"sv, kHeic, kOther},
    Sign{4, "ftyphev"sv, kHeic, kOther},
    Sign{4, "ftypmif1"sv, "a HEIF picture"sv, kOther},
    Sign{4, "ftypmsf1"sv, "a HEIF picture"sv, kOther},
    Sign{4, "ftypcrx"sv, "a raw picture of a camera (CR3)"sv, kOther},
    Sign{4, "ftyp"sv, "a film (MP4)"sv, kNone},
    Sign{0, "II*\0"sv, kTiff, kOther},
    Sign{0, "MM\0*"sv, kTiff, kOther},
    Sign{0, "II+\0"sv, kTiff, kOther},
    Sign{0, "MM\0+"sv, kTiff, kOther},
    Sign{0, "\0\0\0\x0CJXL \r\n"sv, "a JPEG XL picture"sv, kOther},
    Sign{0, "\xFF\x0A"sv, "a JPEG XL picture"sv, kOther},
    Sign{0, "\0\0\0\x0CjP  \r\n"sv, "a JPEG 2000 picture"sv, kOther},
    Sign{0, "\xFF\x4F\xFF\x51"sv, "a JPEG 2000 picture"sv, kOther},
    Sign{0, "8BPS\0"sv, "a Photoshop picture (PSD)"sv, kOther},
    Sign{0, "\x76\x2F\x31\x01"sv, "an OpenEXR picture"sv, kOther},
    Sign{0, "#?RADIANCE"sv, "a Radiance picture (HDR)"sv, kOther},
    Sign{0, "qoif"sv, "a QOI picture"sv, kOther},
    Sign{0, "DDS |\0\0\0"sv, "a DDS picture"sv, kOther},
    Sign{0, "gimp xcf"sv, "a GIMP picture (XCF)"sv, kOther},
    Sign{0, "FUJIFILMCCD-RAW"sv, "a raw picture of a camera (RAF)"sv, kOther},
    Sign{0, "\0\0\x01\0"sv, "an icon (ICO)"sv, kNone},
    Sign{0, "\0\x05\x16\x07"sv, "what macOS notes beside a file (AppleDouble)"sv, kNone},
    Sign{0, "%PDF-"sv, "a PDF document"sv, kNone},
    Sign{0, "version https://git-lfs"sv, "a Git LFS pointer (git lfs pull fetches what it points to)"sv,
         kNone},
    Sign{0, "\x1F\x8B"sv, "a gzip archive"sv, kNone},
    Sign{0, "PK\x03\x04"sv, "a zip archive"sv, kNone},
    Sign{0, "\x1A\x45\xDF\xA3"sv, "a film (Matroska or WebM)"sv, kNone},
};

/// BMP: two letters, and the size of one of its headers.
bool is_bmp(std::string_view bytes) {
    constexpr std::array kHeaders = {'\x0C', '\x28', '\x34', '\x38', '\x40', '\x6C', '\x7C'};
    return bytes.size() >= 18 && bytes.starts_with("BM") &&
           std::ranges::find(kHeaders, bytes[14]) != kHeaders.end() && bytes.substr(15, 3) == "\0\0\0"sv;
}

/// PBM, PGM, PPM, PAM and PFM: a letter, a digit (or a letter) and blank space.
bool is_netpbm(std::string_view bytes) {
    return bytes.size() >= 3 && bytes[0] == 'P' && "1234567Ff"sv.find(bytes[1]) != std::string_view::npos &&
           (bytes[2] == '\n' || bytes[2] == ' ' || bytes[2] == '\r');
}

bool has_tag(std::string_view text, std::string_view tag) {
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
    return std::search(text.begin(), text.end(), tag.begin(), tag.end(), same) != text.end();
}

Sign sign_of(std::string_view bytes) {
    for (const Sign& sign : kSigns)
        if (bytes.size() >= sign.at && bytes.substr(sign.at).starts_with(sign.bytes)) return sign;
    if (is_bmp(bytes)) return {0, {}, "a BMP picture"sv, kOther};
    if (is_netpbm(bytes)) return {0, {}, "a Netpbm picture (PPM, PGM, PBM)"sv, kOther};
    const std::string_view text =
        bytes.substr(std::min(bytes.find_first_not_of("\xEF\xBB\xBF \t\r\n"), bytes.size()));
    if (text.starts_with('<')) {
        if (has_tag(text, "<svg")) return {0, {}, "an SVG picture"sv, kOther};
        if (has_tag(text, "<html") || has_tag(text, "<!doctype html"))
            return {0, {}, "an HTML page"sv, kNone};
    }
    return {0, {}, {}, kNone};
}

}  // namespace

PictureKind picture_kind(std::string_view first_bytes) { return sign_of(first_bytes).kind; }

std::string_view likely_kind(std::string_view first_bytes) { return sign_of(first_bytes).name; }

}  // namespace mf
