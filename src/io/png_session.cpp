// SPDX-License-Identifier: MIT
#include "io/png_session.hpp"

#include <cstring>
#include <optional>

#include <zlib.h>

#include "core/error.hpp"
#include "io/shown.hpp"

namespace mf {
namespace {

[[noreturn]] void on_error(png_structp png, png_const_charp text) {
    auto* job = static_cast<PngJob*>(png_get_error_ptr(png));
    std::strncpy(job->message.data(), text, job->message.size() - 1);
    std::longjmp(job->stop, 1);
}

void on_warning(png_structp, png_const_charp) {}

void on_read(png_structp png, png_bytep out, std::size_t bytes) {
    auto* job = static_cast<PngJob*>(png_get_io_ptr(png));
    if (bytes > job->left) {
        job->ran_out = true;
        png_error(png, "the file is truncated");
    }
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
    auto* job = static_cast<PngJob*>(png_get_io_ptr(png));
    if (!add_to(*job->output, reinterpret_cast<const char*>(data), bytes)) png_error(png, "no memory");
}

void on_flush(png_structp) {}

bool plain_read_start(PngJob* job) {
    if (setjmp(job->stop) != 0) return false;
    png_set_read_fn(job->png, job, on_read);
    png_set_user_limits(job->png, kMostPngSide, kMostPngSide);
    png_set_chunk_malloc_max(job->png, 1 << 23);
    png_set_chunk_cache_max(job->png, 1000);
    png_read_info(job->png, job->info);
    return true;
}

png_uint_32 number(std::string_view bytes) {
    return png_get_uint_32(reinterpret_cast<png_const_bytep>(bytes.data()));
}

/// What a chunk holds, where its checksum is right. `chunk`: from its length on; `length` lies inside of it.
std::optional<std::string_view> sound_body(std::string_view chunk, std::size_t length) {
    const auto* type = reinterpret_cast<const Bytef*>(chunk.data()) + 4;
    if (::crc32_z(0, type, length + 4) != number(chunk.substr(length + 8, 4))) return std::nullopt;
    return chunk.substr(8, length);
}

}  // namespace

PngSession::PngSession(bool reading) : reading_(reading) {
    job.png = reading ? png_create_read_struct(PNG_LIBPNG_VER_STRING, &job, on_error, on_warning)
                      : png_create_write_struct(PNG_LIBPNG_VER_STRING, &job, on_error, on_warning);
    job.info = job.png != nullptr ? png_create_info_struct(job.png) : nullptr;
    if (!reading && job.png != nullptr) png_set_write_fn(job.png, &job, on_write, on_flush);
}

PngSession::~PngSession() {
    if (reading_)
        png_destroy_read_struct(&job.png, &job.info, nullptr);
    else
        png_destroy_write_struct(&job.png, &job.info);
}

void PngSession::require(bool ok, const std::string& name) const {
    check(ok, "[png] {}: {}", name, one_line(job.message.data()));
}

void PngSession::start(std::string_view bytes, const std::string& name) {
    check(job.info != nullptr, "[png] {}: no memory", name);
    job.input = bytes.data();
    job.left = bytes.size();
    require(plain_read_start(&job), name);
}

PngChunks png_chunks(std::string_view bytes, const std::string& name) {
    constexpr std::string_view kEnd("\0\0\0\0IEND", 8);
    check(bytes.starts_with("\x89PNG\r\n\x1A\n"), "[png] {}: is not a PNG file, or it is truncated", name);
    std::string_view rest = bytes.substr(8), type;
    PngChunks out{};
    bool pixels = false;
    while (type != "IEND") {
        if (pixels && rest.size() < 12 && kEnd.substr(0, rest.size()) == rest.substr(0, kEnd.size()))
            return out;
        const std::uint64_t length = rest.size() < 12 ? 0 : number(rest);
        check(rest.size() >= 12 && length <= rest.size() - 12, "[png] {}: the file is truncated", name);
        type = rest.substr(4, 4);
        if (out.width == 0 && type == "IHDR" && length >= 8) {
            out.width = number(rest.substr(8));
            out.height = number(rest.substr(12));
        }
        pixels = pixels || type == "IDAT";
        if (type == "eXIf" && out.exif.empty())
            out.exif = sound_body(rest, length).value_or(std::string_view());
        rest.remove_prefix(length + 12);
    }
    out.ended = true;
    return out;
}

std::vector<png_bytep> png_row_pointers(unsigned char* pixels, std::size_t height, std::size_t row) {
    std::vector<png_bytep> rows(height);
    for (std::size_t y = 0; y < height; ++y) rows[y] = pixels + y * row;
    return rows;
}

}  // namespace mf
