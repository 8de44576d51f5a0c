// SPDX-License-Identifier: MIT
// libpng reports errors by longjmp, which must not pass over objects with destructors. So everything between
// a setjmp and the calls into libpng is plain data: the functions named plain_... below; whoever owns memory
// stands outside.
#include "io/png.hpp"

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>

#include <png.h>

#include "core/error.hpp"
#include "io/file.hpp"
#include "io/inflate.hpp"
#include "io/shown.hpp"

namespace mf {
namespace {

constexpr std::uint64_t kMostPixelBytes = std::uint64_t{1} << 28, kMostFileBytes = std::uint64_t{1} << 30;
constexpr png_uint_32 kMostSide = 1 << 20;

/// What the plain functions share; no member has a destructor that matters to them.
struct Job {
    std::jmp_buf stop;  // ours, so that it need not be libpng's
    std::array<char, 120> message{};
    png_structp png = nullptr;
    png_infop info = nullptr;
    const char* input = nullptr;
    std::size_t left = 0;
    std::string* output = nullptr;
};

[[noreturn]] void on_error(png_structp png, png_const_charp text) {
    auto* job = static_cast<Job*>(png_get_error_ptr(png));
    std::strncpy(job->message.data(), text, job->message.size() - 1);
    std::longjmp(job->stop, 1);
}

void on_warning(png_structp, png_const_charp) {}

void on_read(png_structp png, png_bytep out, std::size_t bytes) {
    auto* job = static_cast<Job*>(png_get_io_ptr(png));
    if (bytes > job->left) png_error(png, "the file is truncated");
    std::memcpy(out, job->input, bytes);
    job->input += bytes;
    job->left -= bytes;
}

/// Collects into a string; true unless memory ran out.
bool add_to(std::string& output, const char* data, std::size_t bytes) noexcept {
    try {
        output.append(data, bytes);
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

void on_write(png_structp png, png_bytep data, std::size_t bytes) {
    auto* job = static_cast<Job*>(png_get_io_ptr(png));
    if (!add_to(*job->output, reinterpret_cast<const char*>(data), bytes)) png_error(png, "no memory");
}

void on_flush(png_structp) {}

/// Owns libpng's structures.
class Session {
  public:
    explicit Session(bool reading) : reading_(reading) {
        job.png = reading ? png_create_read_struct(PNG_LIBPNG_VER_STRING, &job, on_error, on_warning)
                          : png_create_write_struct(PNG_LIBPNG_VER_STRING, &job, on_error, on_warning);
        job.info = job.png != nullptr ? png_create_info_struct(job.png) : nullptr;
    }
    ~Session() {
        if (reading_)
            png_destroy_read_struct(&job.png, &job.info, nullptr);
        else
            png_destroy_write_struct(&job.png, &job.info);
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Throws what libpng last complained about, unless `ok`.
    void require(bool ok, const std::string& name) const {
        check(ok, "[png] {}: {}", name, one_line(job.message.data()));
    }

    Job job;

  private:
    bool reading_;
};

struct Extent {
    png_uint_32 width, height;
    std::size_t packed_row, row;  ///< bytes of a row in the file (unpacked) and as 8-bit gray or RGB
    int channels;
};

/// Reads up to the first pixel, and asks for 8-bit gray or RGB.
bool plain_read_start(Job* job, Extent* extent) {
    if (setjmp(job->stop) != 0) return false;
    png_set_read_fn(job->png, job, on_read);
    png_set_user_limits(job->png, kMostSide, kMostSide);
    png_set_chunk_malloc_max(job->png, 1 << 23);
    png_set_chunk_cache_max(job->png, 1000);
    png_read_info(job->png, job->info);
    extent->width = png_get_image_width(job->png, job->info);
    extent->height = png_get_image_height(job->png, job->info);
    extent->packed_row = png_get_rowbytes(job->png, job->info);
    const int colour = png_get_color_type(job->png, job->info);
    png_set_expand(job->png);  // palettes, fewer than 8 bits, transparent colours
    png_set_strip_16(job->png);
    png_set_strip_alpha(job->png);
    png_set_interlace_handling(job->png);
    png_read_update_info(job->png, job->info);
    extent->row = png_get_rowbytes(job->png, job->info);
    extent->channels = (colour & PNG_COLOR_MASK_COLOR) != 0 ? 3 : 1;
    return true;
}

bool plain_read_pixels(Job* job, png_bytepp rows) {
    if (setjmp(job->stop) != 0) return false;
    png_read_image(job->png, rows);
    png_read_end(job->png, nullptr);
    return true;
}

bool plain_get_text(Job* job, png_textp* text, int* count) {
    if (setjmp(job->stop) != 0) return false;
    *count = 0;
    png_get_text(job->png, job->info, text, count);
    return true;
}

bool plain_write(Job* job, const Picture* picture, png_bytepp rows, png_textp text, int text_count) {
    if (setjmp(job->stop) != 0) return false;
    png_set_write_fn(job->png, job, on_write, on_flush);
    png_set_user_limits(job->png, kMostSide, kMostSide);
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

std::vector<png_bytep> row_pointers(std::uint8_t* pixels, std::size_t height, std::size_t row) {
    std::vector<png_bytep> rows(height);
    for (std::size_t y = 0; y < height; ++y) rows[y] = pixels + y * row;
    return rows;
}

/// Every chunk must lie inside of the file. libpng finds that out, too, but only after it has taken (and
/// cleared) memory for the length that a chunk claims, which can be 2 GiB.
void check_chunks(std::string_view bytes, const std::string& name) {
    check(bytes.starts_with("\x89PNG\r\n\x1A\n"), "[png] {}: is not a PNG file, or it is truncated", name);
    std::string_view rest = bytes.substr(8), type;
    while (type != "IEND") {
        const std::uint64_t length =
            rest.size() < 12 ? 0 : png_get_uint_32(reinterpret_cast<png_const_bytep>(rest.data()));
        check(rest.size() >= 12 && length <= rest.size() - 12, "[png] {}: the file is truncated", name);
        type = rest.substr(4, 4);
        rest.remove_prefix(length + 12);
    }
}

void start(Session& session, Extent& extent, std::string_view bytes, const std::string& name) {
    check(session.job.info != nullptr, "[png] {}: no memory", name);
    check_chunks(bytes, name);
    session.job.input = bytes.data();
    session.job.left = bytes.size();
    session.require(plain_read_start(&session.job, &extent), name);
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
    std::vector<png_bytep> rows = row_pointers(const_cast<std::uint8_t*>(picture.pixels.data()), height, row);
    Session session(false);
    check(session.job.info != nullptr, "[png] no memory");
    session.job.output = &out;
    session.require(
        plain_write(&session.job, &picture, rows.data(), records.data(), static_cast<int>(records.size())),
        "cannot be encoded");
    return out;
}

Picture decode_png(std::string_view bytes, const std::string& name) {
    Session session(true);
    Extent extent{};
    start(session, extent, bytes, name);
    const std::uint64_t pixels = std::uint64_t{extent.row} * extent.height;
    check(pixels <= kMostPixelBytes, "[png] {}: {} x {} pixels are too many", name, extent.width,
          extent.height);
    check(std::uint64_t{extent.packed_row} * extent.height <= most_inflated(bytes.size()),
          "[png] {}: the file is truncated: {} bytes cannot hold {} x {} pixels", name, bytes.size(),
          extent.width, extent.height);
    Picture out{static_cast<int>(extent.width), static_cast<int>(extent.height), extent.channels, {}};
    check(extent.row == std::size_t{extent.width} * static_cast<std::size_t>(extent.channels),
          "[png] {}: unexpected layout of the pixels", name);
    out.pixels.resize(pixels);
    std::vector<png_bytep> rows = row_pointers(out.pixels.data(), extent.height, extent.row);
    session.require(plain_read_pixels(&session.job, rows.data()), name);
    return out;
}

PictureText decode_png_text(std::string_view bytes, const std::string& name) {
    Session session(true);
    Extent extent{};
    start(session, extent, bytes, name);
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
