// SPDX-License-Identifier: MIT
#include "io/inflate.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <zlib.h>

#include "core/error.hpp"

namespace mf {

struct InflateSource::State {
    z_stream stream{};
    std::array<Bytef, 1 << 16> input{};
};

InflateSource::InflateSource(std::unique_ptr<ByteSource> packed, std::uint64_t bytes, std::string where)
    : packed_(std::move(packed)), state_(std::make_unique<State>()), left_(bytes), where_(std::move(where)) {
    check(::inflateInit2(&state_->stream, -MAX_WBITS) == Z_OK, "{} cannot be unpacked: no memory", where_);
}

InflateSource::~InflateSource() { ::inflateEnd(&state_->stream); }

/// Unpacks once; true at the end of the stream.
bool InflateSource::step() {
    z_stream& stream = state_->stream;
    if (stream.avail_in == 0 && packed_->left() > 0) {
        const std::size_t bytes = std::min<std::uint64_t>(packed_->left(), state_->input.size());
        packed_->read(state_->input.data(), bytes);
        stream.next_in = state_->input.data();
        stream.avail_in = static_cast<uInt>(bytes);
    }
    const int code = ::inflate(&stream, Z_NO_FLUSH);
    check(code == Z_OK || code == Z_STREAM_END, "{} is damaged: its packed data end early or are not deflate",
          where_);
    return code == Z_STREAM_END;
}

void InflateSource::read(void* out, std::size_t bytes) {
    check(bytes <= left_, "{}: {} bytes wanted, {} are left", where_, bytes, left_);
    z_stream& stream = state_->stream;
    auto* to = static_cast<Bytef*>(out);
    bool ended = false;
    while (bytes > 0) {
        const std::size_t part = std::min<std::size_t>(bytes, std::numeric_limits<uInt>::max());
        stream.next_out = to;
        stream.avail_out = static_cast<uInt>(part);
        while (stream.avail_out > 0 && !ended) ended = step();
        check(stream.avail_out == 0, "{} is damaged: it unpacks to fewer bytes than the directory says",
              where_);
        to += part;
        bytes -= part;
        left_ -= part;
    }
    if (left_ > 0 || ended) return;
    // All that was promised is there; the stream must say so, too.
    Bytef beyond = 0;
    stream.next_out = &beyond;
    stream.avail_out = 1;
    while (stream.avail_out > 0 && !ended) ended = step();
    check(stream.avail_out == 1, "{} is damaged: it unpacks to more bytes than the directory says", where_);
}

}  // namespace mf
