// SPDX-License-Identifier: MIT
// The writing half of io/zip.hpp.
#include <zlib.h>

#include "core/error.hpp"
#include "io/shown.hpp"
#include "io/zip.hpp"
#include "io/zip_fields.hpp"

namespace mf {
namespace {

constexpr std::uint16_t kVersion = 20, kVersion64 = 45, kFirstOfJanuary1980 = 0x21, kUtf8Name = 1 << 11;

void add16(std::string& to, std::uint16_t value) { to.append(reinterpret_cast<const char*>(&value), 2); }
void add32(std::string& to, std::uint32_t value) { to.append(reinterpret_cast<const char*>(&value), 4); }
void add64(std::string& to, std::uint64_t value) { to.append(reinterpret_cast<const char*>(&value), 8); }

std::uint32_t low(std::uint64_t value, bool zip64) {
    return zip64 ? 0xFFFFFFFF : static_cast<std::uint32_t>(value);
}

/// What the local header and the directory have in common.
std::string common_fields(bool zip64, std::uint32_t crc, std::uint64_t bytes, std::size_t name_bytes,
                          std::size_t extra_bytes) {
    std::string out;
    add16(out, zip64 ? kVersion64 : kVersion);
    for (const std::uint16_t value : {kUtf8Name, std::uint16_t{0}, std::uint16_t{0}, kFirstOfJanuary1980})
        add16(out, value);
    add32(out, crc);
    add32(out, low(bytes, zip64));
    add32(out, low(bytes, zip64));
    add16(out, static_cast<std::uint16_t>(name_bytes));
    add16(out, static_cast<std::uint16_t>(extra_bytes));
    return out;
}

std::string zip64_field(const std::vector<std::uint64_t>& values) {
    std::string out;
    if (values.empty()) return out;
    add16(out, kZip64Field);
    add16(out, static_cast<std::uint16_t>(8 * values.size()));
    for (const std::uint64_t value : values) add64(out, value);
    return out;
}

}  // namespace

std::uint64_t zip_bytes(const std::map<std::string, std::uint64_t>& content) {
    std::uint64_t total = kZipEndBytes;
    for (const auto& [name, bytes] : content) {
        total += kZipLocalBytes + kZipDirectoryBytes + 2 * name.size() + bytes;
        if (bytes >= kFourGiB) total += 20 + 20;
        if (total >= kFourGiB) total += 8;
    }
    return total < kFourGiB ? total : total + kZip64EndBytes + kZip64LocatorBytes;
}

void ZipWriter::add(const std::string& name, const std::vector<std::string_view>& parts) {
    std::uint64_t bytes = 0;
    for (const std::string_view part : parts) bytes += part.size();
    begin(name, bytes);
    for (const std::string_view part : parts) write(part);
    end();
}

void ZipWriter::begin(const std::string& name, std::uint64_t bytes) {
    check(name.size() < 0xFFFF, "[zip] the name of entry {} is too long", shown(name));
    name_ = name;
    offset_ = out_.position();
    bytes_ = left_ = bytes;
    crc_ = 0;
    const bool zip64 = zip64_ || bytes >= kFourGiB;
    const std::string extra = zip64 ? zip64_field({bytes, bytes}) : "";
    std::string local;
    add32(local, kZipLocalMagic);
    local += common_fields(zip64, 0, bytes, name.size(), extra.size()) + name + extra;
    out_.write(local);
}

void ZipWriter::write(std::string_view part) {
    check(part.size() <= left_, "[zip] entry {} gets more bytes than it was begun with", shown(name_));
    crc_ =
        static_cast<std::uint32_t>(::crc32_z(crc_, reinterpret_cast<const Bytef*>(part.data()), part.size()));
    out_.write(part);
    left_ -= part.size();
}

void ZipWriter::end() {
    check(left_ == 0, "[zip] entry {} lacks {} bytes", shown(name_), left_);
    out_.rewrite(offset_ + kZipLocalCrc, {reinterpret_cast<const char*>(&crc_), sizeof crc_});
    const bool large = zip64_ || bytes_ >= kFourGiB, far = zip64_ || offset_ >= kFourGiB;
    std::vector<std::uint64_t> wide;
    if (large) wide = {bytes_, bytes_};
    if (far) wide.push_back(offset_);
    const std::string extra = zip64_field(wide);
    add32(directory_, kZipDirectoryMagic);
    add16(directory_, large || far ? kVersion64 : kVersion);
    // A far entry that is not large keeps its own sizes, but needs the version of zip64 to be read.
    std::string common = common_fields(large, crc_, bytes_, name_.size(), extra.size());
    directory_ += common + std::string(10, '\0');  // no comment, first disk, no attributes
    add32(directory_, low(offset_, far));
    directory_ += name_ + extra;
    ++entries_;
}

void ZipWriter::finish() {
    const std::uint64_t offset = out_.position(), bytes = directory_.size();
    const bool zip64 = zip64_ || entries_ >= 0xFFFF || offset >= kFourGiB || bytes >= kFourGiB;
    std::string end;
    if (zip64) {
        add32(end, kZip64EndMagic);
        add64(end, kZip64EndBytes - 12);  // of this record, behind this field
        add16(end, kVersion64);
        add16(end, kVersion64);
        add32(end, 0);
        add32(end, 0);
        for (const std::uint64_t value : {entries_, entries_, bytes, offset}) add64(end, value);
        add32(end, kZip64LocatorMagic);
        add32(end, 0);
        add64(end, offset + bytes);
        add32(end, 1);
    }
    add32(end, kZipEndMagic);
    add32(end, 0);
    for (int i = 0; i < 2; ++i) add16(end, zip64 ? 0xFFFF : static_cast<std::uint16_t>(entries_));
    add32(end, low(bytes, zip64));
    add32(end, low(offset, zip64));
    add16(end, 0);
    out_.write(directory_);
    out_.write(end);
}

}  // namespace mf
