// SPDX-License-Identifier: MIT
#include "io/idx.hpp"

#include <array>
#include <string_view>

#include "core/error.hpp"
#include "io/gzip.hpp"
#include "io/inflate.hpp"

namespace mf {
namespace {

/// What the third byte of a file says of its values.
std::string_view type_name(unsigned code) {
    switch (code) {
        case 0x08:
            return "unsigned bytes";
        case 0x09:
            return "signed bytes";
        case 0x0B:
            return "16-bit integers";
        case 0x0C:
            return "32-bit integers";
        case 0x0D:
            return "32-bit floats";
        case 0x0E:
            return "64-bit floats";
        default:
            return "values of an unknown type";
    }
}

void read_header(GzipFile& file, std::uint8_t* out, std::size_t bytes, std::size_t offset) {
    const std::size_t got = file.read(out, bytes);
    check(got == bytes, "[idx] {}: the header ends at byte {}, expected {} bytes: the file is truncated",
          file.name(), offset + got, offset + bytes);
}

Shape read_shape(GzipFile& file) {
    std::array<std::uint8_t, 4> word{};
    read_header(file, word.data(), 4, 0);
    check(word[0] == 0 && word[1] == 0,
          "[idx] {}: is not an IDX file: it starts with the bytes {:02X} {:02X}, expected 00 00", file.name(),
          word[0], word[1]);
    check(word[2] == 0x08, "[idx] {}: byte 2 is {:02X} ({}), expected 08 (unsigned bytes)", file.name(),
          word[2], type_name(word[2]));
    const int rank = word[3];
    check(rank >= 1 && rank <= Shape::most, "[idx] {}: byte 3 says {} dimensions, expected 1 to {}",
          file.name(), rank, Shape::most);
    Shape shape;
    for (int i = 0; i < rank; ++i) {
        read_header(file, word.data(), 4, 4 + 4 * static_cast<std::size_t>(i));
        shape.push(std::int64_t{word[0]} << 24 | word[1] << 16 | word[2] << 8 | word[3]);
    }
    return shape;
}

/// Number of values, or `limit` + 1 when there are more than `limit`.
std::uint64_t count_of(const Shape& shape, std::uint64_t limit) {
    std::uint64_t count = 1;
    for (const std::int64_t d : shape)
        if (d == 0) return 0;
    for (const std::int64_t d : shape) {
        if (static_cast<std::uint64_t>(d) > limit / count) return limit + 1;
        count *= static_cast<std::uint64_t>(d);
    }
    return count;
}

}  // namespace

IdxArray read_idx(const std::filesystem::path& path, std::uint64_t most_bytes) {
    GzipFile file(path);
    IdxArray out{read_shape(file), {}};
    const std::uint64_t count = count_of(out.shape, most_bytes);
    // A header that lies is found out before memory is asked for.
    const std::uint64_t header = 4 + 4 * static_cast<std::uint64_t>(out.shape.rank());
    const std::uint64_t room = file.packed() ? most_inflated(file.size()) : file.size() - header;
    check(count <= room, "[idx] {}: {} bytes cannot hold {} values: the file is truncated", file.name(),
          file.size(), out.shape);
    check(count <= most_bytes, "[idx] {}: {} values, expected at most {} bytes", file.name(), out.shape,
          most_bytes);
    out.values.resize(count);
    const std::size_t got = file.read(out.values.data(), count);
    check(got == count, "[idx] {}: the values end after {} bytes, expected {} of {}: the file is truncated",
          file.name(), got, count, out.shape);
    std::uint8_t beyond = 0;
    check(file.read(&beyond, 1) == 0, "[idx] {}: goes on after the {} values of {} (from byte {} on)",
          file.name(), count, out.shape, header + count);
    return out;
}

}  // namespace mf
