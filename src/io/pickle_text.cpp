// SPDX-License-Identifier: MIT
#include "io/pickle_text.hpp"

#include <charconv>
#include <cstdint>

namespace mf {
namespace {

void append_character(std::string& out, std::uint32_t c) {
    const auto byte = [&](std::uint32_t value) { out += static_cast<char>(value); };
    if (c < 0x80) return byte(c);
    if (c < 0x800) {
        byte(0xC0 | c >> 6);
    } else {
        if (c < 0x10000) {
            byte(0xE0 | c >> 12);
        } else {
            byte(0xF0 | (c >> 18 & 7));
            byte(0x80 | (c >> 12 & 0x3F));
        }
        byte(0x80 | (c >> 6 & 0x3F));
    }
    byte(0x80 | (c & 0x3F));
}

/// The number that `digits` hexadecimal digits at `at` give; false where there are none.
bool hex(std::string_view text, std::size_t at, std::size_t digits, std::uint32_t& value) {
    if (text.size() - at < digits) return false;
    const char* begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + digits, value, 16);
    return error == std::errc() && end == begin + digits;
}

}  // namespace

std::string unquoted(std::string_view line) {
    if (line.size() >= 2 && (line[0] == '\'' || line[0] == '"') && line.back() == line[0])
        line = line.substr(1, line.size() - 2);
    constexpr std::string_view letters = "ntr\\'\"", meant = "\n\t\r\\'\"";
    std::string out;
    for (std::size_t i = 0; i < line.size(); ++i) {
        std::uint32_t value = 0;
        const char next = line[i] == '\\' && i + 1 < line.size() ? line[i + 1] : '\0';
        if (const std::size_t known = letters.find(next); next != '\0' && known != letters.npos) {
            out += meant[known];
            ++i;
        } else if (next == 'x' && hex(line, i + 2, 2, value)) {
            out += static_cast<char>(value);
            i += 3;
        } else {
            out += line[i];
        }
    }
    return out;
}

std::string unescaped(std::string_view line) {
    std::string out;
    for (std::size_t i = 0; i < line.size(); ++i) {
        std::uint32_t value = 0;
        const char next = line[i] == '\\' && i + 1 < line.size() ? line[i + 1] : '\0';
        const std::size_t digits = next == 'u' ? 4 : 8;
        if ((next == 'u' || next == 'U') && hex(line, i + 2, digits, value)) {
            append_character(out, value);
            i += 1 + digits;
        } else {
            append_character(out, static_cast<unsigned char>(line[i]));
        }
    }
    return out;
}

std::string latin1_bytes(std::string_view utf8) {
    std::string out;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto c = static_cast<unsigned char>(utf8[i]);
        if (c < 0x80) {
            out += static_cast<char>(c);
        } else if ((c == 0xC2 || c == 0xC3) && i + 1 < utf8.size()) {
            out += static_cast<char>((c & 3U) << 6 | (static_cast<unsigned char>(utf8[++i]) & 0x3FU));
        } else {
            out += '?';
            while (i + 1 < utf8.size() && (static_cast<unsigned char>(utf8[i + 1]) & 0xC0U) == 0x80) ++i;
        }
    }
    return out;
}

}  // namespace mf
