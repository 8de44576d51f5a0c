// SPDX-License-Identifier: MIT
// libjpeg reports errors by longjmp, which must not pass over objects with destructors: what calls it are the
// functions named plain_... below, in which there is only plain data.
#include "io/jpeg.hpp"

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdio>
#include <span>
#include <vector>

#include <jpeglib.h>
// After jpeglib.h, which it wants.
#include <jerror.h>

#include "core/error.hpp"
#include "io/exif.hpp"
#include "io/shown.hpp"

namespace mf {
namespace {

// A block of 8 x 8 pixels takes a bit at the very least (the code of its mean). Only arithmetic coding, which hardly
// anything writes, could pack an empty picture more densely.
constexpr std::uint64_t kMostPixelsInAByte = 512;
// A progressive file of a few bytes a scan could keep a decoder busy for hours.
constexpr int kMostScans = 500;

using Words = std::array<char, JMSG_LENGTH_MAX>;

/// What the plain functions share; no member has a destructor that matters to them.
struct Job {
    jpeg_decompress_struct decoder{};
    jpeg_error_mgr errors{};
    jpeg_progress_mgr progress{};
    std::jmp_buf stop;
    Words message{}, warning{};
    bool no_end = false;   ///< the file ends without a marker that says so
    bool missing = false;  ///< there are no data for some of the picture
    unsigned seen = 0;     ///< a bit for each component that had a scan
};

struct Closer {
    void operator()(Job* job) const {
        ::jpeg_destroy_decompress(&job->decoder);
        delete job;
    }
};

Job* job_of(j_common_ptr decoder) { return static_cast<Job*>(decoder->client_data); }

[[noreturn]] void on_error(j_common_ptr decoder) {
    Job* job = job_of(decoder);
    job->errors.format_message(decoder, job->message.data());
    std::longjmp(job->stop, 1);
}

void on_message(j_common_ptr decoder, int level) {
    Job* job = job_of(decoder);
    if (level >= 0) return;
    const int code = job->errors.msg_code;
    job->no_end = job->no_end || code == JWRN_JPEG_EOF;
    // The decoder of arithmetic codes makes up what is missing without a word.
    job->missing = code == JWRN_HIT_MARKER || (job->no_end && job->decoder.arith_code != 0);
    if (job->missing) on_error(decoder);
    if (job->warning[0] == '\0') job->errors.format_message(decoder, job->warning.data());
}

/// Between parts of a file with several scans.
void on_progress(j_common_ptr common) {
    auto* decoder = reinterpret_cast<j_decompress_ptr>(common);
    Job* job = job_of(common);
    for (int i = 0; i < decoder->comps_in_scan; ++i)
        job->seen |= 1U << decoder->cur_comp_info[i]->component_index;
    if (decoder->input_scan_number <= kMostScans) return;
    std::snprintf(job->message.data(), job->message.size(), "has more than %d scans", kMostScans);
    std::longjmp(job->stop, 1);
}

bool plain_open(Job* job, const unsigned char* data, std::size_t bytes) {
    job->decoder.err = ::jpeg_std_error(&job->errors);
    job->errors.error_exit = on_error;
    job->errors.emit_message = on_message;
    job->progress.progress_monitor = on_progress;
    job->decoder.client_data = job;
    if (setjmp(job->stop) != 0) return false;
    jpeg_create_decompress(&job->decoder);
    job->decoder.progress = &job->progress;
    ::jpeg_mem_src(&job->decoder, data, bytes);
    ::jpeg_read_header(&job->decoder, TRUE);
    return true;
}

/// Decodes up to the first row, which for a file of several scans is nearly everything. `eighths`: of the stored size.
bool plain_start(Job* job, J_COLOR_SPACE colours, unsigned eighths) {
    if (setjmp(job->stop) != 0) return false;
    job->decoder.out_color_space = colours;
    job->decoder.dct_method = JDCT_ISLOW;
    job->decoder.scale_num = eighths;
    job->decoder.scale_denom = 8;
    ::jpeg_start_decompress(&job->decoder);
    return true;
}

bool plain_row(Job* job, unsigned char* row) {
    if (setjmp(job->stop) != 0) return false;
    ::jpeg_read_scanlines(&job->decoder, &row, 1);
    return true;
}

/// Reads what follows the last row.
bool plain_finish(Job* job) {
    if (setjmp(job->stop) != 0) return false;
    ::jpeg_finish_decompress(&job->decoder);
    return true;
}

/// Bytes of all coefficients, which a file of several scans needs at once.
std::uint64_t coefficient_bytes(const jpeg_decompress_struct& decoder) {
    const auto up = [](std::uint64_t blocks, int factor) {
        const auto f = static_cast<std::uint64_t>(factor);
        return (blocks + f - 1) / f * f;
    };
    std::uint64_t blocks = 0;
    for (int i = 0; i < decoder.num_components; ++i) {
        const jpeg_component_info& part = decoder.comp_info[i];
        blocks +=
            up(part.width_in_blocks, part.h_samp_factor) * up(part.height_in_blocks, part.v_samp_factor);
    }
    return blocks * DCTSIZE2 * sizeof(JCOEF);
}

/// True when the scans that were read leave nothing to be wished for. Where the file says that it ends, its author may
/// have left out fine detail, but no whole component.
bool scans_complete(const Job& job) {
    const jpeg_decompress_struct& decoder = job.decoder;
    if (job.seen != (1U << decoder.num_components) - 1) return false;
    if (!job.no_end || decoder.coef_bits == nullptr) return true;
    for (int i = 0; i < decoder.num_components; ++i)
        for (const int bits_unknown : std::span(decoder.coef_bits[i], DCTSIZE2))
            if (bits_unknown != 0) return false;
    return true;
}

/// Four inverted inks a pixel to red, green and blue.
void from_inks(std::uint8_t* out, const std::vector<std::uint8_t>& inks) {
    for (std::size_t i = 0; i < inks.size() / 4 * 3; ++i) {
        const unsigned black = inks[i / 3 * 4 + 3];
        out[i] = static_cast<std::uint8_t>((inks[i / 3 * 4 + i % 3] * black + 127) / 255);
    }
}

class JpegRows : public PictureRows {
  public:
    JpegRows(std::string_view bytes, const std::string& name, const PictureWish& wish)
        : place_("[jpeg] " + name), job_(new Job) {
        require(plain_open(job_.get(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
        start(bytes.size(), wish);
        orientation_ = exif_orientation(bytes);
    }

    void next(std::uint8_t* row) override {
        const bool inks = !inks_.empty();
        require(plain_row(job_.get(), inks ? inks_.data() : row));
        if (inks) from_inks(row, inks_);
        if (job_->decoder.output_scanline < job_->decoder.output_height) return;
        // The picture is complete: whatever is wrong behind it is worth a remark only.
        const bool finished = plain_finish(job_.get());
        const Words& words = job_->warning[0] != '\0' || finished ? job_->warning : job_->message;
        notes_.warning = one_line(words.data());
    }

  private:
    void require(bool ok) const {
        const char* missing = job_->missing ? "the file is truncated or damaged, pixels are missing: " : "";
        check(ok, "{}: {}{}", place_, missing, one_line(job_->message.data()));
    }

    void start(std::uint64_t file_bytes, const PictureWish& wish) {
        jpeg_decompress_struct& decoder = job_->decoder;
        const std::uint64_t width = decoder.image_width, height = decoder.image_height;
        const J_COLOR_SPACE stored = decoder.jpeg_color_space;
        const bool gray = stored == JCS_GRAYSCALE, inks = stored == JCS_CMYK || stored == JCS_YCCK;
        streamed_ = is_streamed(place_, width, height, gray ? 1 : inks ? 4 : 3, wish);
        check(width * height <= file_bytes * kMostPixelsInAByte,
              "{}: the file is truncated: {} bytes cannot hold {} x {} pixels", place_, file_bytes, width,
              height);
        const bool several = ::jpeg_has_multiple_scans(&decoder) != 0;
        if (streamed_ && several) check_inner_bytes(place_, "a progressive JPEG", coefficient_bytes(decoder));
        unsigned eighths = 8;
        const std::uint64_t least = 4 * static_cast<std::uint64_t>(wish.side);
        while (streamed_ && eighths > 1 && std::min(width, height) * (eighths - 1) / 8 >= least) --eighths;
        require(plain_start(job_.get(), gray ? JCS_GRAYSCALE : inks ? JCS_CMYK : JCS_RGB, eighths));
        check(!several || scans_complete(*job_),
              "{}: the file is truncated: scans of the picture are missing", place_);
        stored_ = {static_cast<int>(width), static_cast<int>(height)};
        scale_ = {eighths / 8.0, eighths / 8.0};
        width_ = static_cast<int>(decoder.output_width);
        height_ = static_cast<int>(decoder.output_height);
        channels_ = gray ? 1 : 3;
        if (inks) inks_.resize(std::size_t{decoder.output_width} * 4);
    }

    std::string place_;
    std::unique_ptr<Job, Closer> job_;
    std::vector<std::uint8_t> inks_;  // of a row
};

}  // namespace

std::unique_ptr<PictureRows> open_jpeg(std::string_view bytes, const std::string& name,
                                       const PictureWish& wish) {
    check(bytes.starts_with("\xFF\xD8"), "[jpeg] {}: is not a JPEG file, or it is truncated", name);
    return std::make_unique<JpegRows>(bytes, name, wish);
}

Picture decode_jpeg(std::string_view bytes, const std::string& name) {
    return whole_picture(*open_jpeg(bytes, name));
}

}  // namespace mf
