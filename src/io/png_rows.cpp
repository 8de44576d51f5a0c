// SPDX-License-Identifier: MIT
#include <algorithm>
#include <vector>

#include "core/error.hpp"
#include "io/exif.hpp"
#include "io/inflate.hpp"
#include "io/png.hpp"
#include "io/png_session.hpp"

namespace mf {
namespace {

/// Of the picture, once libpng knows what we want.
struct Layout {
    std::size_t packed_row;  ///< bytes of a row in the file, unpacked
    std::size_t row;         ///< bytes of a row as 8 bits a channel
    int channels;            ///< 1: gray, 2: gray and alpha, 3: RGB, 4: RGB and alpha
    bool interlaced;
};

/// Asks for 8 bits a channel, with alpha where anything may be transparent.
bool plain_transform(PngJob* job, Layout* layout) {
    if (setjmp(job->stop) != 0) return false;
    layout->packed_row = png_get_rowbytes(job->png, job->info);
    layout->interlaced = png_get_interlace_type(job->png, job->info) != PNG_INTERLACE_NONE;
    png_set_expand(job->png);  // palettes, fewer than 8 bits, transparent colours
    png_set_strip_16(job->png);
    png_set_interlace_handling(job->png);
    png_read_update_info(job->png, job->info);
    layout->row = png_get_rowbytes(job->png, job->info);
    layout->channels = png_get_channels(job->png, job->info);
    return true;
}

bool plain_row(PngJob* job, png_bytep row) {
    if (setjmp(job->stop) != 0) return false;
    png_read_row(job->png, row, nullptr);
    return true;
}

bool plain_all_rows(PngJob* job, png_bytepp rows) {
    if (setjmp(job->stop) != 0) return false;
    png_read_image(job->png, rows);
    return true;
}

bool plain_finish(PngJob* job) {
    if (setjmp(job->stop) != 0) return false;
    png_read_end(job->png, nullptr);
    return true;
}

class PngRows : public PictureRows {
  public:
    PngRows(std::string_view bytes, const std::string& name, const PictureWish& wish)
        : name_(name), ground_(wish.ground) {
        const PngChunks chunks = png_chunks(bytes, name);
        check_sides(chunks);
        session_.start(bytes, name);
        session_.require(plain_transform(&session_.job, &layout_), name);
        ended_ = chunks.ended;
        width_ = static_cast<int>(chunks.width);
        height_ = static_cast<int>(chunks.height);
        stored_ = {width_, height_};
        orientation_ = orientation_of(chunks.exif);
        alpha_ = layout_.channels % 2 == 0;
        const bool gray_ground = ground_[0] == ground_[1] && ground_[1] == ground_[2];
        channels_ = layout_.channels == 1 || (layout_.channels == 2 && gray_ground) ? 1 : 3;
        streamed_ = is_streamed("[png] " + name, chunks.width, chunks.height, channels_, wish);
        check(layout_.packed_row * chunks.height <= most_inflated(bytes.size()),
              "[png] {}: the file is truncated: {} bytes cannot hold {} x {} pixels", name, bytes.size(),
              chunks.width, chunks.height);
        check(layout_.row == std::size_t{chunks.width} * static_cast<std::size_t>(layout_.channels),
              "[png] {}: unexpected layout of the pixels", name);
        if (layout_.interlaced && streamed_)
            check_inner_bytes("[png] " + name, "an interlaced PNG",
                              std::uint64_t{layout_.row} * chunks.height);
    }

    void next(std::uint8_t* row) override {
        if (layout_.interlaced) {
            if (row_ == 0) read_interlaced();
            convert(row, whole_.data() + static_cast<std::size_t>(row_) * layout_.row);
        } else if (alpha_) {
            whole_.resize(layout_.row);
            session_.require(plain_row(&session_.job, whole_.data()), name_);
            convert(row, whole_.data());
        } else {
            session_.require(plain_row(&session_.job, row), name_);
        }
        if (++row_ == height_) finish();
    }

  private:
    void check_sides(const PngChunks& chunks) const {
        if (std::max(chunks.width, chunks.height) > kMostPngSide)
            throw Error(fmt::format("[png] {}: {} x {} pixels are too many, expected at most {} a side",
                                    name_, chunks.width, chunks.height, kMostPngSide),
                        "make the picture smaller first");
    }

    void read_interlaced() {
        const auto height = static_cast<std::size_t>(height_);
        whole_.resize(layout_.row * height);
        std::vector<png_bytep> rows = png_row_pointers(whole_.data(), height, layout_.row);
        session_.require(plain_all_rows(&session_.job, rows.data()), name_);
    }

    void convert(std::uint8_t* out, const std::uint8_t* in) {
        if (!alpha_)
            std::copy_n(in, layout_.row, out);
        else if (lay_on(out, channels_, in, layout_.channels, width_, ground_))
            notes_.transparent = true;
    }

    /// Reads what follows the last row. That nothing follows is no reason to throw pixels away that are all there.
    void finish() {
        const bool ok = plain_finish(&session_.job);
        if (!ok && !ended_ && session_.job.ran_out)
            notes_.warning = "the chunk that ends the file is missing";
        else
            session_.require(ok, name_);
    }

    std::string name_;
    Colour ground_;
    PngSession session_{true};
    Layout layout_{};
    bool ended_ = true, alpha_ = false;
    int row_ = 0;
    std::vector<std::uint8_t> whole_;  // of an interlaced picture; else a row
};

}  // namespace

std::unique_ptr<PictureRows> open_png(std::string_view bytes, const std::string& name,
                                      const PictureWish& wish) {
    return std::make_unique<PngRows>(bytes, name, wish);
}

Picture decode_png(std::string_view bytes, const std::string& name) {
    return whole_picture(*open_png(bytes, name));
}

}  // namespace mf
