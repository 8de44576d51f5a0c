// SPDX-License-Identifier: MIT
#include "io/zip.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>

#include <zlib.h>

#include "core/error.hpp"
#include "io/inflate.hpp"
#include "io/looks_like.hpp"
#include "io/shown.hpp"
#include "io/zip_fields.hpp"

namespace mf {
namespace {

constexpr std::size_t kMostComment = 65535;
constexpr std::uint16_t kEncrypted = 1;

template <class T>
T field(std::string_view bytes, std::size_t at) {
    T value{};
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}
std::uint16_t field16(std::string_view bytes, std::size_t at) { return field<std::uint16_t>(bytes, at); }
std::uint32_t field32(std::string_view bytes, std::size_t at) { return field<std::uint32_t>(bytes, at); }

std::uint64_t field64(std::string_view bytes, std::size_t at) { return field<std::uint64_t>(bytes, at); }

/// Where the directory lies.
struct DirectoryPlace {
    std::uint64_t entries = 0, bytes = 0, offset = 0;
};

/// The numbers of the zip64 record, where one stands before the record at the end.
std::optional<DirectoryPlace> zip64_place(const InputFile& file, std::uint64_t end_offset) {
    if (end_offset < kZip64LocatorBytes) return std::nullopt;
    std::string locator(kZip64LocatorBytes, '\0');
    file.read(end_offset - locator.size(), locator.data(), locator.size());
    if (field32(locator, 0) != kZip64LocatorMagic) return std::nullopt;
    const std::uint64_t at = field64(locator, 8), limit = end_offset - locator.size();
    check(at <= limit && limit - at >= kZip64EndBytes, "[zip] {}: its zip64 record lies outside of the file",
          file.name());
    std::string record(kZip64EndBytes, '\0');
    file.read(at, record.data(), record.size());
    check(field32(record, 0) == kZip64EndMagic, "[zip] {}: its zip64 record is damaged", file.name());
    check(field32(record, 16) == 0 && field32(record, 20) == 0 && field64(record, 24) == field64(record, 32),
          "[zip] {}: is one part of an archive in several files", file.name());
    return DirectoryPlace{field64(record, 32), field64(record, 40), field64(record, 48)};
}

[[noreturn]] void refuse_as_zip(const InputFile& file) {
    std::string start(std::min<std::uint64_t>(file.size(), kTellingBytes), '\0');
    file.read(0, start.data(), start.size());
    if (start.starts_with("PK\x03\x04"))
        throw Error(fmt::format("[zip] {}: the archive is truncated (no end record in its {} bytes)",
                                file.name(), file.size()),
                    "a download or a copy that was cut off; get the file again");
    refuse_as("zip", "is not a zip archive, or it is truncated", file.name(), start, file.size());
}

/// Bytes and number of entries of the directory, from the record at the end of the file.
std::string read_directory(const InputFile& file, std::uint64_t& entries) {
    const std::string& name = file.name();
    if (file.size() < kZipEndBytes) refuse_as_zip(file);
    std::string tail(std::min<std::uint64_t>(file.size(), kZipEndBytes + kMostComment), '\0');
    file.read(file.size() - tail.size(), tail.data(), tail.size());
    std::size_t at = tail.size() - kZipEndBytes + 1;
    while (at > 0 && !(field32(tail, at - 1) == kZipEndMagic &&
                       field16(tail, at - 1 + 20) == tail.size() - (at - 1) - kZipEndBytes))
        --at;
    if (at == 0) refuse_as_zip(file);
    const std::string_view end = std::string_view(tail).substr(at - 1);
    const std::uint64_t end_offset = file.size() - end.size();
    DirectoryPlace place{field16(end, 10), field32(end, 12), field32(end, 16)};
    const bool full = place.entries == 0xFFFF || place.bytes == kFourGiB || place.offset == kFourGiB;
    const std::optional<DirectoryPlace> wide = full ? zip64_place(file, end_offset) : std::nullopt;
    if (wide)
        place = *wide;
    else
        check(field16(end, 4) == 0 && field16(end, 6) == 0 && field16(end, 8) == field16(end, 10),
              "[zip] {}: is one part of an archive in several files", name);
    entries = place.entries;
    check(place.offset <= end_offset && place.bytes <= end_offset - place.offset,
          "[zip] {}: the directory lies outside of the file", name);
    std::string directory(place.bytes, '\0');
    file.read(place.offset, directory.data(), directory.size());
    return directory;
}

/// Sizes and offset that did not fit into their fields stand among the extra fields, in this order.
void read_zip64_fields(std::string_view extra, ZipEntry& entry, const std::string& where) {
    std::vector<std::uint64_t*> wanted;
    for (std::uint64_t* value : {&entry.bytes, &entry.packed_bytes, &entry.offset})
        if (*value == kFourGiB) wanted.push_back(value);
    if (wanted.empty()) return;
    while (extra.size() >= 4) {
        const std::size_t bytes = field16(extra, 2);
        check(extra.size() >= 4 + bytes, "{}: its extra fields are damaged", where);
        if (field16(extra, 0) == kZip64Field) {
            check(bytes >= 8 * wanted.size(), "{}: its zip64 field is damaged", where);
            for (std::size_t i = 0; i < wanted.size(); ++i) *wanted[i] = field64(extra, 4 + 8 * i);
            return;
        }
        extra.remove_prefix(4 + bytes);
    }
    throw Error(fmt::format("{} is 4 GiB or larger, but its zip64 field is missing", where));
}

ZipEntry parse_entry(std::string_view& rest, const InputFile& file) {
    const std::string& archive = file.name();
    check(rest.size() >= kZipDirectoryBytes && field32(rest, 0) == kZipDirectoryMagic,
          "[zip] {}: the directory is damaged", archive);
    const std::size_t name_bytes = field16(rest, 28), extra_bytes = field16(rest, 30);
    const std::size_t all = kZipDirectoryBytes + name_bytes + extra_bytes + field16(rest, 32);
    check(rest.size() >= all, "[zip] {}: the directory is damaged", archive);
    ZipEntry entry;
    entry.name = rest.substr(kZipDirectoryBytes, name_bytes);
    const std::string where = fmt::format("[zip] {}: entry {}", archive, shown(entry.name));
    entry.encrypted = (field16(rest, 8) & kEncrypted) != 0;
    entry.method = field16(rest, 10);
    entry.crc = field32(rest, 16);
    entry.packed_bytes = field32(rest, 20);
    entry.bytes = field32(rest, 24);
    entry.offset = field32(rest, 42);
    read_zip64_fields(rest.substr(kZipDirectoryBytes + name_bytes, extra_bytes), entry, where);
    check(entry.packed_bytes <= file.size() && entry.offset <= file.size(),
          "{} lies outside of the file, which is damaged or truncated", where);
    check(entry.method != 0 || entry.encrypted || entry.bytes == entry.packed_bytes,
          "{} is stored, but its two sizes differ", where);
    check(entry.method != 8 || entry.bytes <= most_inflated(entry.packed_bytes),
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
    std::uint64_t count = 0;
    const std::string directory = read_directory(file, count);
    std::string_view rest = directory;
    std::vector<ZipEntry> entries;
    std::set<std::string> names;
    std::uint64_t packed = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        entries.push_back(parse_entry(rest, file));
        packed += kZipLocalBytes + entries.back().packed_bytes;
        check(names.insert(entries.back().name).second, "[zip] {}: two entries are named {}", file.name(),
              shown(entries.back().name));
    }
    // Entries that share bytes could unpack to far more than the file can honestly hold.
    check(packed <= file.size(), "[zip] {}: the entries overlap, or the file is truncated", file.name());
    return entries;
}

std::uint64_t zip_entry_start(const InputFile& file, const ZipEntry& entry) {
    const std::string where = fmt::format("[zip] {}: entry {}", file.name(), shown(entry.name));
    std::string local(kZipLocalBytes, '\0');
    check(entry.offset + kZipLocalBytes <= file.size(), "{} lies outside of the file", where);
    file.read(entry.offset, local.data(), local.size());
    check(field32(local, 0) == kZipLocalMagic, "{} does not start where the directory says", where);
    const std::uint64_t start = entry.offset + kZipLocalBytes + field16(local, 26) + field16(local, 28);
    check(start + entry.packed_bytes <= file.size(), "{} lies outside of the file", where);
    return start;
}

std::unique_ptr<ByteSource> open_zip_entry(const InputFile& file, const ZipEntry& entry) {
    const std::string where = fmt::format("[zip] {}: entry {}", file.name(), shown(entry.name));
    check(!entry.encrypted, "{} is encrypted", where);
    check(entry.method == 0 || entry.method == 8,
          "{} is packed with method {}, expected 0 (stored) or 8 (deflated)", where, entry.method);
    const std::uint64_t start = zip_entry_start(file, entry);
    std::unique_ptr<ByteSource> source = std::make_unique<FileSource>(file, start, entry.packed_bytes);
    if (entry.method == 8) source = std::make_unique<InflateSource>(std::move(source), entry.bytes, where);
    return std::make_unique<CheckedSource>(std::move(source), entry.crc, where);
}

}  // namespace mf
