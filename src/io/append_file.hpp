// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "io/file.hpp"

namespace mf {

/// A file that only grows, record by record. A record is given to the system at once and whole: when the disk
/// is full the part that went in is cut off again, so that what stands in the file is always a number of
/// whole records.
class AppendFile {
  public:
    /// Opens or creates. Error when it is not a regular file or cannot be written.
    explicit AppendFile(const std::filesystem::path& path);

    void append(std::string_view record);
    /// Forgets everything from byte `size` on.
    void cut(std::uint64_t size);
    std::uint64_t size() const { return size_; }
    const std::string& name() const { return name_; }

  private:
    std::string name_;
    Descriptor descriptor_;
    std::uint64_t size_ = 0;
};

}  // namespace mf
