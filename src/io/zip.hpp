// SPDX-License-Identifier: MIT
// As much of the zip format (PKWARE's APPNOTE.TXT) as .npz files need: entries that are stored or deflated,
// checked by their CRC-32; no encryption, no zip64 (nothing over 4 GiB).
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
    bool deflated = false;
    std::uint32_t crc = 0;
    std::uint64_t packed_bytes = 0;
    std::uint64_t bytes = 0;
    std::uint64_t offset = 0;  ///< of its local header in the file
};

/// The entries of an archive in the order of its directory. Error for a damaged or unsupported archive, for
/// two entries of one name and for sizes that the file cannot hold.
std::vector<ZipEntry> read_zip_directory(const InputFile& file);

/// The content of one entry; `file` must outlive it. Reading the last byte checks the CRC.
std::unique_ptr<ByteSource> open_zip_entry(const InputFile& file, const ZipEntry& entry);

/// Bytes that an archive of stored entries takes: `content` maps each name to its size.
std::uint64_t zip_bytes(const std::map<std::string, std::uint64_t>& content);

/// Writes stored entries. Times are left at the format's beginning (1980), so that equal content gives equal
/// bytes.
class ZipWriter {
  public:
    explicit ZipWriter(FileWriter& out) : out_(out) {}
    /// One entry whose content is `parts`, one after the other.
    void add(const std::string& name, const std::vector<std::string_view>& parts);
    /// The directory, after the last entry.
    void finish();

  private:
    FileWriter& out_;
    std::string directory_;
    std::uint32_t entries_ = 0;
};

}  // namespace mf
