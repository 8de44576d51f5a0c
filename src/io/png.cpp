// SPDX-License-Identifier: MIT
#include "io/png.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "io/file.hpp"
#include "io/png_session.hpp"
#include "io/shown.hpp"

namespace mf {
namespace {

constexpr std::uint64_t kMostFileBytes = std::uint64_t{1} << 30;

bool plain_get_text(PngJob* job, png_textp* text, int* count) {
    if (setjmp(job->stop) != 0) return false;
    *count = 0;
    png_get_text(job->png, job->info, text, count);
    return true;
}

bool plain_write(PngJob* job, const Picture* picture, png_bytepp rows, png_textp text, int text_count) {
    if (setjmp(job->stop) != 0) return false;
    png_set_user_limits(job->png, kMostPngSide, kMostPngSide);
    png_set_IHDR(job->png, job->info, static_cast<png_uint_32>(picture->width),
                 static_cast<png_uint_32>(picture->height), 8,
                 picture->channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
    png_set_text(job->png, job->info, text, text_count);
    png_write_info(job->png, job->info);
    png_write_image(job->png, rows);
    png_write_end(job->png, job->info);
    return true;
}

bool is_keyword(const std::string& key) {
    const bool printable = std::ranges::all_of(key, [](char c) { return c >= 0x20 && c < 0x7F; });
    return !key.empty() && key.size() <= 79 && printable && key.front() != ' ' && key.back() != ' ' &&
           key.find("  ") == std::string::npos;
}

/// libpng's view of `text`, which must outlive it.
std::vector<png_text> text_records(const PictureText& text) {
    std::vector<png_text> records;
    for (const auto& [key, value] : text) {
        check(is_keyword(key),
              "[png] the keyword {} must be 1 to 79 printable characters, single blanks inside only",
              shown(key));
        check(is_utf8(value) && value.find('\0') == std::string::npos, "[png] the text of {} is not UTF-8",
              shown(key));
        const bool ascii =
            std::ranges::all_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
        png_text record{};
        record.compression = ascii ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE;
        record.key = const_cast<char*>(key.c_str());
        record.text = const_cast<char*>(value.c_str());
        (ascii ? record.text_length : record.itxt_length) = value.size();
        records.push_back(record);
    }
    return records;
}

}  // namespace

std::string encode_png(const Picture& picture, const PictureText& text) {
    check(picture.width > 0 && picture.height > 0 && (picture.channels == 1 || picture.channels == 3),
          "[png] a picture of {} x {} x {}, expected at least 1 x 1 and 1 or 3 channels", picture.width,
          picture.height, picture.channels);
    const auto row = static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.channels);
    const auto height = static_cast<std::size_t>(picture.height);
    check(picture.pixels.size() == row * height, "[png] a picture of {} x {} x {} has {} bytes, expected {}",
          picture.width, picture.height, picture.channels, picture.pixels.size(), row * height);
    std::string out;
    std::vector<png_text> records = text_records(text);
    std::vector<png_bytep> rows =
        png_row_pointers(const_cast<std::uint8_t*>(picture.pixels.data()), height, row);
    PngSession session(false);
    check(session.job.info != nullptr, "[png] no memory");
    session.job.output = &out;
    session.require(
        plain_write(&session.job, &picture, rows.data(), records.data(), static_cast<int>(records.size())),
        "cannot be encoded");
    return out;
}

PictureText decode_png_text(std::string_view bytes, const std::string& name) {
    PngSession session(true);
    png_chunks(bytes, name);
    session.start(bytes, name);
    png_textp text = nullptr;
    int count = 0;
    session.require(plain_get_text(&session.job, &text, &count), name);
    PictureText out;
    for (int i = 0; i < count; ++i) out[text[i].key] = text[i].text != nullptr ? text[i].text : "";
    return out;
}

void write_png(const std::filesystem::path& path, const Picture& picture, const PictureText& text) {
    write_file_atomically(path, encode_png(picture, text));
}

Picture read_png(const std::filesystem::path& path) {
    return decode_png(read_file(path, kMostFileBytes), path.string());
}

PictureText read_png_text(const std::filesystem::path& path) {
    return decode_png_text(read_file(path, kMostFileBytes), path.string());
}

}  // namespace mf
