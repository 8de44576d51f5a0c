// SPDX-License-Identifier: MIT
#include "io/gzip.hpp"

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include "core/error.hpp"

namespace mf {

void GzipFile::Closer::operator()(void* stream) const { ::gzclose_r(static_cast<gzFile>(stream)); }

GzipFile::GzipFile(const std::filesystem::path& path) : file_(path) {
    // zlib closes the descriptor that it is given, and reads on from where that stands.
    Descriptor own(::fcntl(file_.descriptor(), F_DUPFD_CLOEXEC, 0));
    check(own.open() && ::lseek(own.get(), 0, SEEK_SET) == 0, "[gzip] {}: cannot be read", name());
    stream_.reset(::gzdopen(own.get(), "rb"));
    check(stream_ != nullptr, "[gzip] {}: no memory", name());
    own.release();
    ::gzbuffer(static_cast<gzFile>(stream_.get()), 1U << 17);
    packed_ = ::gzdirect(static_cast<gzFile>(stream_.get())) == 0;
}

std::size_t GzipFile::read(void* out, std::size_t bytes) {
    auto* stream = static_cast<gzFile>(stream_.get());
    auto* to = static_cast<char*>(out);
    std::size_t done = 0;
    while (done < bytes) {
        const auto part = static_cast<unsigned>(std::min<std::size_t>(bytes - done, 1U << 30));
        const int got = ::gzread(stream, to + done, part);
        if (got > 0) done += static_cast<std::size_t>(got);
        if (got == static_cast<int>(part)) continue;
        int code = Z_OK;
        ::gzerror(stream, &code);
        check(code != Z_BUF_ERROR, "[gzip] {}: the packed data end early: the file is truncated", name());
        check(got >= 0 && code == Z_OK,
              "[gzip] {}: the packed data are damaged (around byte {} of what they unpack to)", name(),
              static_cast<long long>(::gztell(stream)));
        break;
    }
    return done;
}

}  // namespace mf
