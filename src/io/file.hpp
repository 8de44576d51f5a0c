// SPDX-License-Identifier: MIT
// Files: read whole or in pieces, mapped into memory, and written so that a crash or a full disk leaves
// either the old file or the new one, never a part. Every error names the path and what the system said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace mf {

/// Owns a file descriptor of the system.
class Descriptor {
  public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor();

    int get() const { return number_; }
    bool open() const { return number_ >= 0; }
    /// Gives the number away; the caller closes it.
    int release() { return std::exchange(number_, -1); }

  private:
    int number_;
};

/// "No space left on device" and its like, for the number that the system left in errno.
std::string system_text(int code);

/// A regular file open for reading. Folders, pipes and devices are refused.
class InputFile {
  public:
    /// Throws Error when the file is missing, is not a regular file or may not be read.
    explicit InputFile(const std::filesystem::path& path);

    const std::string& name() const { return name_; }  ///< the path, for messages
    std::uint64_t size() const { return size_; }       ///< bytes, when it was opened
    int descriptor() const { return descriptor_.get(); }
    /// Reads bytes [offset, offset + bytes) to `out`; Error when the disk fails or the file ends before.
    void read(std::uint64_t offset, void* out, std::size_t bytes) const;

  private:
    std::string name_;
    Descriptor descriptor_;
    std::uint64_t size_ = 0;
};

/// The whole of a regular file. Error when it is larger than `most_bytes`.
std::string read_file(const std::filesystem::path& path, std::uint64_t most_bytes = std::uint64_t{1} << 32);

/// A regular file mapped into memory, read-only: writing to the bytes ends the program, and so does reading
/// them after somebody else has cut the file short.
class MappedFile {
  public:
    explicit MappedFile(const std::filesystem::path& path);
    MappedFile(MappedFile&& other) noexcept
        : name_(std::move(other.name_)), bytes_(std::exchange(other.bytes_, {})) {}
    MappedFile& operator=(MappedFile&& other) noexcept {
        std::swap(name_, other.name_);
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~MappedFile();

    const std::string& name() const { return name_; }
    std::span<const std::byte> bytes() const { return bytes_; }

  private:
    std::string name_;
    std::span<const std::byte> bytes_;
};

/// What `write_file_atomically` gives its callback to write to. Small pieces are collected.
class FileWriter {
  public:
    FileWriter(int descriptor, std::string name, std::uint64_t bytes_needed);
    void write(const void* data, std::size_t bytes);
    void write(std::string_view text) { write(text.data(), text.size()); }
    /// Puts other bytes in the place of some that were written, for what is known afterwards only.
    void rewrite(std::uint64_t offset, std::string_view bytes);
    /// Hands what is still collected to the system.
    void flush();
    /// Bytes written so far.
    std::uint64_t position() const { return position_; }

  private:
    void put(const char* data, std::size_t bytes);

    int descriptor_;
    std::string name_, buffer_;
    std::uint64_t bytes_needed_, position_ = 0;
};

/// Writes a file under a temporary name in the same folder, syncs it to the disk, renames it to `path` and
/// syncs the folder. When anything fails (also when `writer` throws) the temporary goes, and what stood at
/// `path` is untouched. A symbolic link is followed; a folder, device or write-protected file at `path` is
/// refused. `bytes_needed`: total size where it is known, for the message about a full disk. Throws Error
/// with the path, the system's words and the bytes needed.
void write_file_atomically(const std::filesystem::path& path, const std::function<void(FileWriter&)>& writer,
                           std::uint64_t bytes_needed = 0);
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

}  // namespace mf
