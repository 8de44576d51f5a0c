// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "io/file.hpp"

namespace mf {

/// The bytes of a file from its start, unpacked where it is a gzip file (RFC 1952, told by its first two bytes) and
/// as they are otherwise.
class GzipFile {
  public:
    explicit GzipFile(const std::filesystem::path& path);

    const std::string& name() const { return file_.name(); }
    std::uint64_t size() const { return file_.size(); }  ///< bytes on the disk
    bool packed() const { return packed_; }
    /// Reads up to `bytes` bytes; fewer at the end alone. Error when packed data end early or their checksum is
    /// wrong.
    std::size_t read(void* out, std::size_t bytes);

  private:
    struct Closer {
        void operator()(void* stream) const;
    };

    InputFile file_;
    std::unique_ptr<void, Closer> stream_;
    bool packed_ = false;
};

}  // namespace mf
