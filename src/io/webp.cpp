// SPDX-License-Identifier: MIT
#include "io/webp.hpp"

#include <algorithm>
#include <vector>

#include <webp/decode.h>
#include <webp/demux.h>

#include "core/error.hpp"
#include "io/exif.hpp"

namespace mf {
namespace {

struct DemuxerCloser {
    void operator()(WebPDemuxer* file) const { ::WebPDemuxDelete(file); }
};
using File = std::unique_ptr<WebPDemuxer, DemuxerCloser>;

/// Owns what the iterators of libwebpdemux hold.
struct Frame : WebPIterator {
    explicit Frame(const File& file) : WebPIterator{}, found(::WebPDemuxGetFrame(file.get(), 1, this) != 0) {}
    ~Frame() { ::WebPDemuxReleaseIterator(this); }
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;
    bool found;
};

const char* words_of(VP8StatusCode code) {
    switch (code) {
        case VP8_STATUS_OUT_OF_MEMORY:
            return "no memory";
        case VP8_STATUS_NOT_ENOUGH_DATA:
        case VP8_STATUS_SUSPENDED:
            return "the file is truncated";
        default:
            return "the data are damaged";
    }
}

int orientation_in(const File& file) {
    WebPChunkIterator chunk{};
    const bool found = ::WebPDemuxGetChunk(file.get(), "EXIF", 1, &chunk) != 0;
    const int out =
        found ? orientation_of({reinterpret_cast<const char*>(chunk.chunk.bytes), chunk.chunk.size}) : 1;
    ::WebPDemuxReleaseChunkIterator(&chunk);
    return out;
}

class WebpRows : public PictureRows {
  public:
    WebpRows(std::string_view bytes, const std::string& name, const PictureWish& wish)
        : place_("[webp] " + name), ground_(wish.ground) {
        const WebPData data{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
        WebPDemuxState state = WEBP_DEMUX_PARSE_ERROR;
        file_.reset(::WebPDemuxPartial(&data, &state));
        check(file_ != nullptr && state == WEBP_DEMUX_DONE, "{}: the file is truncated or damaged", place_);
        width_ = static_cast<int>(::WebPDemuxGetI(file_.get(), WEBP_FF_CANVAS_WIDTH));
        height_ = static_cast<int>(::WebPDemuxGetI(file_.get(), WEBP_FF_CANVAS_HEIGHT));
        stored_ = {width_, height_};
        orientation_ = orientation_in(file_);
        const Frame frame(file_);
        check(frame.found && width_ > 0 && height_ > 0, "{}: there is no picture in it", place_);
        const bool full = frame.width == width_ && frame.height == height_;
        alpha_ = frame.has_alpha != 0 || !full;
        const auto width = static_cast<std::uint64_t>(width_), height = static_cast<std::uint64_t>(height_);
        streamed_ = is_streamed(place_, width, height, 4, wish);
        if (!streamed_) return;
        // The canvas of a smaller frame is not scaled, but held beside what the decoder takes.
        check_inner_bytes(place_, "a WebP", (full ? 4 : 8) * width * height);
        if (!full) return;
        const int times = std::max(1, std::min(width_, height_) / (4 * wish.side));
        scaled_ = times > 1;
        width_ = (width_ + times - 1) / times;
        height_ = (height_ + times - 1) / times;
        scale_ = {static_cast<double>(width_) / stored_.first, static_cast<double>(height_) / stored_.second};
    }

    void next(std::uint8_t* row) override {
        if (row_ == 0) decode();
        const std::size_t bytes = static_cast<std::size_t>(width_) * (alpha_ ? 4 : 3);
        const std::uint8_t* from = pixels_.data() + static_cast<std::size_t>(row_++) * bytes;
        if (!alpha_)
            std::copy_n(from, bytes, row);
        else if (lay_on(row, 3, from, 4, width_, ground_))
            notes_.transparent = true;
    }

  private:
    void decode() {
        const Frame frame(file_);
        const std::size_t pixel = alpha_ ? 4 : 3, line = static_cast<std::size_t>(width_) * pixel;
        pixels_.resize(line * static_cast<std::size_t>(height_));  // transparent
        WebPDecoderConfig config;
        check(frame.found && ::WebPInitDecoderConfig(&config) != 0, "{}: cannot be decoded", place_);
        if (scaled_) {
            config.options.use_scaling = 1;
            config.options.scaled_width = width_;
            config.options.scaled_height = height_;
        }
        const std::size_t corner = static_cast<std::size_t>(frame.y_offset) * line +
                                   static_cast<std::size_t>(frame.x_offset) * pixel;
        config.output.colorspace = alpha_ ? MODE_RGBA : MODE_RGB;
        config.output.is_external_memory = 1;
        config.output.u.RGBA.rgba = pixels_.data() + corner;
        config.output.u.RGBA.stride = static_cast<int>(line);
        config.output.u.RGBA.size = pixels_.size() - corner;
        const VP8StatusCode code = ::WebPDecode(frame.fragment.bytes, frame.fragment.size, &config);
        ::WebPFreeDecBuffer(&config.output);
        check(code == VP8_STATUS_OK, "{}: {}", place_, words_of(code));
    }

    std::string place_;
    Colour ground_;
    File file_;
    bool alpha_ = false, scaled_ = false;
    int row_ = 0;
    std::vector<std::uint8_t> pixels_;  // RGB, or RGB and alpha where anything may be transparent
};

}  // namespace

std::unique_ptr<PictureRows> open_webp(std::string_view bytes, const std::string& name,
                                       const PictureWish& wish) {
    check(
        bytes.starts_with("RIFF") && bytes.substr(std::min<std::size_t>(8, bytes.size())).starts_with("WEBP"),
        "[webp] {}: is not a WebP file, or it is truncated", name);
    return std::make_unique<WebpRows>(bytes, name, wish);
}

Picture decode_webp(std::string_view bytes, const std::string& name) {
    return whole_picture(*open_webp(bytes, name));
}

}  // namespace mf
