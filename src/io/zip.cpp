// SPDX-License-Identifier: MIT
#include "io/zip.hpp"

#include <algorithm>
#include <cstring>
#include <set>

#include <zlib.h>

#include "core/error.hpp"
#include "io/inflate.hpp"
#include "io/shown.hpp"

namespace mf {
namespace {

constexpr std::uint32_t kLocalMagic = 0x04034B50, kDirectoryMagic = 0x02014B50, kEndMagic = 0x06054B50;
constexpr std::size_t kLocalBytes = 30, kDirectoryBytes = 46, kEndBytes = 22, kMostComment = 65535;
constexpr std::uint16_t kEncrypted = 1;
constexpr std::uint64_t kFourGiB = 0xFFFFFFFF;  // the value itself marks a zip64 field
constexpr std::uint16_t kVersion = 20, kFirstOfJanuary1980 = 0x21;

template <class T>
T field(std::string_view bytes, std::size_t at) {
    T value{};
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}
std::uint16_t field16(std::string_view bytes, std::size_t at) { return field<std::uint16_t>(bytes, at); }
std::uint32_t field32(std::string_view bytes, std::size_t at) { return field<std::uint32_t>(bytes, at); }

void add16(std::string& to, std::uint16_t value) { to.append(reinterpret_cast<const char*>(&value), 2); }
void add32(std::string& to, std::uint32_t value) { to.append(reinterpret_cast<const char*>(&value), 4); }

/// Bytes and number of entries of the directory, from the record at the end of the file.
std::string read_directory(const InputFile& file, std::size_t& entries) {
    const std::string& name = file.name();
    check(file.size() >= kEndBytes, "[zip] {}: is not a zip archive, or it is truncated ({} bytes)", name,
          file.size());
    std::string tail(std::min<std::uint64_t>(file.size(), kEndBytes + kMostComment), '\0');
    file.read(file.size() - tail.size(), tail.data(), tail.size());
    std::size_t at = tail.size() - kEndBytes + 1;
    while (at > 0 && !(field32(tail, at - 1) == kEndMagic &&
                       field16(tail, at - 1 + 20) == tail.size() - (at - 1) - kEndBytes))
        --at;
    check(at > 0, "[zip] {}: is not a zip archive, or it is truncated (no end record)", name);
    const std::string_view end = std::string_view(tail).substr(at - 1);
    const std::uint64_t end_offset = file.size() - end.size();
    check(field16(end, 4) == 0 && field16(end, 6) == 0 && field16(end, 8) == field16(end, 10),
          "[zip] {}: is one part of an archive in several files", name);
    entries = field16(end, 10);
    const std::uint64_t bytes = field32(end, 12), offset = field32(end, 16);
    check(entries != 0xFFFF && bytes != kFourGiB && offset != kFourGiB,
          "[zip] {}: is a zip64 archive, which is not supported", name);
    check(offset + bytes <= end_offset, "[zip] {}: the directory lies outside of the file", name);
    std::string directory(bytes, '\0');
    file.read(offset, directory.data(), directory.size());
    return directory;
}

ZipEntry parse_entry(std::string_view& rest, const InputFile& file) {
    const std::string& archive = file.name();
    check(rest.size() >= kDirectoryBytes && field32(rest, 0) == kDirectoryMagic,
          "[zip] {}: the directory is damaged", archive);
    const std::size_t name_bytes = field16(rest, 28);
    const std::size_t all = kDirectoryBytes + name_bytes + field16(rest, 30) + field16(rest, 32);
    check(rest.size() >= all, "[zip] {}: the directory is damaged", archive);
    ZipEntry entry;
    entry.name = rest.substr(kDirectoryBytes, name_bytes);
    const std::string where = fmt::format("[zip] {}: entry {}", archive, shown(entry.name));
    check((field16(rest, 8) & kEncrypted) == 0, "{} is encrypted", where);
    const std::uint16_t method = field16(rest, 10);
    check(method == 0 || method == 8, "{} is packed with method {}, expected 0 (stored) or 8 (deflated)",
          where, method);
    entry.deflated = method == 8;
    entry.crc = field32(rest, 16);
    entry.packed_bytes = field32(rest, 20);
    entry.bytes = field32(rest, 24);
    entry.offset = field32(rest, 42);
    check(entry.packed_bytes != kFourGiB && entry.bytes != kFourGiB && entry.offset != kFourGiB,
          "{} is 4 GiB or larger (zip64), which is not supported", where);
    check(entry.deflated || entry.bytes == entry.packed_bytes, "{} is stored, but its two sizes differ",
          where);
    check(!entry.deflated || entry.bytes <= most_inflated(entry.packed_bytes),
          "{} claims {} bytes from {} packed ones, more than deflate can do", where, entry.bytes,
          entry.packed_bytes);
    rest.remove_prefix(all);
    return entry;
}

/// A source that adds up the CRC-32 of what goes through it.
class CheckedSource : public ByteSource {
  public:
    CheckedSource(std::unique_ptr<ByteSource> source, std::uint32_t crc, std::string where)
        : source_(std::move(source)), expected_(crc), where_(std::move(where)) {}
    void read(void* out, std::size_t bytes) override {
        source_->read(out, bytes);
        crc_ = static_cast<std::uint32_t>(::crc32_z(crc_, static_cast<const Bytef*>(out), bytes));
        check(left() > 0 || crc_ == expected_, "{} is damaged: its CRC is {:08x}, expected {:08x}", where_,
              crc_, expected_);
    }
    std::uint64_t left() const override { return source_->left(); }

  private:
    std::unique_ptr<ByteSource> source_;
    std::uint32_t crc_ = 0, expected_;
    std::string where_;
};

}  // namespace

std::vector<ZipEntry> read_zip_directory(const InputFile& file) {
    std::size_t count = 0;
    const std::string directory = read_directory(file, count);
    std::string_view rest = directory;
    std::vector<ZipEntry> entries;
    std::set<std::string> names;
    std::uint64_t packed = 0;
    for (std::size_t i = 0; i < count; ++i) {
        entries.push_back(parse_entry(rest, file));
        packed += kLocalBytes + entries.back().packed_bytes;
        check(names.insert(entries.back().name).second, "[zip] {}: two entries are named {}", file.name(),
              shown(entries.back().name));
    }
    // Entries that share bytes could unpack to far more than the file can honestly hold.
    check(packed <= file.size(), "[zip] {}: the entries overlap, or the file is truncated", file.name());
    return entries;
}

std::unique_ptr<ByteSource> open_zip_entry(const InputFile& file, const ZipEntry& entry) {
    const std::string where = fmt::format("[zip] {}: entry {}", file.name(), shown(entry.name));
    std::string local(kLocalBytes, '\0');
    check(entry.offset + kLocalBytes <= file.size(), "{} lies outside of the file", where);
    file.read(entry.offset, local.data(), local.size());
    check(field32(local, 0) == kLocalMagic, "{} does not start where the directory says", where);
    const std::uint64_t start = entry.offset + kLocalBytes + field16(local, 26) + field16(local, 28);
    check(start + entry.packed_bytes <= file.size(), "{} lies outside of the file", where);
    std::unique_ptr<ByteSource> source = std::make_unique<FileSource>(file, start, entry.packed_bytes);
    if (entry.deflated) source = std::make_unique<InflateSource>(std::move(source), entry.bytes, where);
    return std::make_unique<CheckedSource>(std::move(source), entry.crc, where);
}

std::uint64_t zip_bytes(const std::map<std::string, std::uint64_t>& content) {
    std::uint64_t total = kEndBytes;
    for (const auto& [name, bytes] : content)
        total += kLocalBytes + kDirectoryBytes + 2 * name.size() + bytes;
    return total;
}

void ZipWriter::add(const std::string& name, const std::vector<std::string_view>& parts) {
    std::uint64_t bytes = 0;
    std::uint32_t crc = 0;
    for (const std::string_view part : parts) {
        bytes += part.size();
        crc = static_cast<std::uint32_t>(
            ::crc32_z(crc, reinterpret_cast<const Bytef*>(part.data()), part.size()));
    }
    const std::uint64_t offset = out_.position();
    check(bytes < kFourGiB && offset < kFourGiB && name.size() < 0xFFFF && entries_ < 0xFFFE,
          "[zip] entry {} is too large, expected at most 4 GiB in an archive", shown(name));
    std::string common;  // what the local header and the directory have in common
    const std::uint16_t utf8_name = 1 << 11;
    for (const std::uint16_t value :
         {kVersion, utf8_name, std::uint16_t{0}, std::uint16_t{0}, kFirstOfJanuary1980})
        add16(common, value);
    for (const std::uint64_t value : {std::uint64_t{crc}, bytes, bytes})
        add32(common, static_cast<std::uint32_t>(value));
    add16(common, static_cast<std::uint16_t>(name.size()));
    add16(common, 0);
    std::string local;
    add32(local, kLocalMagic);
    out_.write(local + common + name);
    for (const std::string_view part : parts) out_.write(part);
    add32(directory_, kDirectoryMagic);
    add16(directory_, kVersion);
    directory_ += common + std::string(10, '\0');  // no comment, first disk, no attributes
    add32(directory_, static_cast<std::uint32_t>(offset));
    directory_ += name;
    ++entries_;
}

void ZipWriter::finish() {
    const std::uint64_t offset = out_.position();
    check(offset < kFourGiB, "[zip] the archive is too large, expected at most 4 GiB");
    std::string end;
    add32(end, kEndMagic);
    add32(end, 0);
    add16(end, static_cast<std::uint16_t>(entries_));
    add16(end, static_cast<std::uint16_t>(entries_));
    add32(end, static_cast<std::uint32_t>(directory_.size()));
    add32(end, static_cast<std::uint32_t>(offset));
    add16(end, 0);
    out_.write(directory_);
    out_.write(end);
}

}  // namespace mf
