// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "core/error.hpp"
#include "io/file.hpp"

namespace mf {

/// Bytes that come one after the other and whose number is known.
class ByteSource {
  public:
    virtual ~ByteSource() = default;
    /// The next `bytes` of them; Error when there are not so many.
    virtual void read(void* out, std::size_t bytes) = 0;
    /// How many are still to come.
    virtual std::uint64_t left() const = 0;
};

/// The bytes [offset, offset + bytes) of a file, which must outlive it.
class FileSource : public ByteSource {
  public:
    FileSource(const InputFile& file, std::uint64_t offset, std::uint64_t bytes)
        : file_(file), offset_(offset), left_(bytes) {}
    void read(void* out, std::size_t bytes) override {
        check(bytes <= left_, "[file] {}: {} bytes wanted, {} are left", file_.name(), bytes, left_);
        file_.read(offset_, out, bytes);
        offset_ += bytes;
        left_ -= bytes;
    }
    std::uint64_t left() const override { return left_; }

  private:
    const InputFile& file_;
    std::uint64_t offset_, left_;
};

}  // namespace mf
