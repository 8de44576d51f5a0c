// SPDX-License-Identifier: MIT
// As much of the zip format (PKWARE's APPNOTE.TXT) as .npz files need: entries that are stored or deflated,
// checked by their CRC-32, of any size and number (zip64); no encryption.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/byte_source.hpp"
#include "io/file.hpp"

namespace mf {

struct ZipEntry {
    std::string name;
    std::uint16_t method = 0;  ///< 0: stored, 8: deflated; others cannot be opened
    bool encrypted = false;
    std::uint32_t crc = 0;
    std::uint64_t packed_bytes = 0;
    std::uint64_t bytes = 0;
    std::uint64_t offset = 0;  ///< of its local header in the file
};

/// The entries of an archive in the order of its directory. Error for a damaged archive, for two entries of one name
/// and for sizes that the file cannot hold.
std::vector<ZipEntry> read_zip_directory(const InputFile& file);

/// Where the content of an entry, packed or not, begins in the file. Error when it lies outside of it.
std::uint64_t zip_entry_start(const InputFile& file, const ZipEntry& entry);

/// The content of one entry; `file` must outlive it. Reading the last byte checks the CRC. Error for what is encrypted
/// or packed otherwise.
std::unique_ptr<ByteSource> open_zip_entry(const InputFile& file, const ZipEntry& entry);

/// Bytes that an archive of stored entries takes: `content` maps each name to its size.
std::uint64_t zip_bytes(const std::map<std::string, std::uint64_t>& content);

/// Writes stored entries. Times are left at the format's beginning (1980), so that equal content gives equal
/// bytes. What is 4 GiB or larger becomes zip64.
class ZipWriter {
  public:
    /// `zip64`: everything as if it were large, for tests.
    explicit ZipWriter(FileWriter& out, bool zip64 = false) : out_(out), zip64_(zip64) {}
    /// One entry whose content is `parts`, one after the other.
    void add(const std::string& name, const std::vector<std::string_view>& parts);
    /// One entry of this many bytes, which `write` gives piece by piece; `end` when all are there.
    void begin(const std::string& name, std::uint64_t bytes);
    void write(std::string_view part);
    void end();
    /// The directory, after the last entry.
    void finish();

  private:
    FileWriter& out_;
    bool zip64_;
    std::string directory_, name_;
    std::uint64_t entries_ = 0, offset_ = 0, bytes_ = 0, left_ = 0;
    std::uint32_t crc_ = 0;
};

}  // namespace mf
