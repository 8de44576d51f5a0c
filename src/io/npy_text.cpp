// SPDX-License-Identifier: MIT
// Arrays of text in .npy files: the part of io/npy.hpp that is about names.
#include <algorithm>
#include <array>
#include <cstring>

#include "core/error.hpp"
#include "io/npy.hpp"

namespace mf {
namespace {

constexpr std::size_t kMostEmptyTexts = 1 << 16;

void append_utf8(std::string& to, std::uint32_t code) {
    if (code < 0x80) {
        to += static_cast<char>(code);
        return;
    }
    const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    constexpr std::array<std::uint32_t, 3> kLead = {0xC0, 0xE0, 0xF0};
    to += static_cast<char>(kLead[static_cast<std::size_t>(more - 1)] | code >> (6 * more));
    for (int i = more - 1; i >= 0; --i) to += static_cast<char>(0x80U | (code >> (6 * i) & 0x3FU));
}

std::vector<std::uint32_t> code_points(const std::string& text) {
    std::vector<std::uint32_t> out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0U) == 0x80U && !out.empty())
            out.back() = out.back() << 6 | (byte & 0x3FU);
        else
            out.push_back(byte < 0x80   ? byte
                          : byte < 0xE0 ? byte & 0x1FU
                          : byte < 0xF0 ? byte & 0xFU
                                        : byte & 7U);
    }
    return out;
}

/// One text of `width` characters, without the zeros that fill it up.
std::string text_at(const char* at, std::size_t width, bool wide, bool swap) {
    std::string out;
    for (std::size_t i = 0; i < width; ++i) {
        std::uint32_t code = static_cast<unsigned char>(at[i]);
        if (wide) {
            std::memcpy(&code, at + 4 * i, 4);
            if (swap) code = __builtin_bswap32(code);
        }
        if (wide)
            append_utf8(out, code > 0x10FFFF || (code >= 0xD800 && code < 0xE000) ? 0xFFFD : code);
        else
            out += at[i];
    }
    out.resize(std::min(out.size(), out.find_last_not_of('\0') + 1));
    return out;
}

}  // namespace

std::vector<std::string> NpyReader::read_texts() {
    const char kind = about_.type == "records" || about_.type.size() < 2 ? '?' : about_.type[1];
    check(kind == 'U' || kind == 'S' || kind == 'a', "[npy] {}: holds {}, expected text", name_,
          about_.text());
    const bool wide = kind == 'U', swap = about_.type[0] == '>';
    const auto width = static_cast<std::size_t>(std::strtoull(about_.type.c_str() + 2, nullptr, 10));
    const std::size_t bytes = width * (wide ? 4 : 1), there = source_->left();
    std::size_t count = 1;
    for (const std::int64_t d : about_.dims)
        check(!__builtin_mul_overflow(count, static_cast<std::size_t>(d), &count), "[npy] {}: is too large",
              name_);
    check(width <= there && (bytes == 0 ? count <= kMostEmptyTexts && there == 0
                                        : count == there / bytes && there % bytes == 0),
          "[npy] {}: the file is truncated or too long: {} has {} bytes of text", name_, about_.text(),
          there);
    std::string all(there, '\0');
    source_->read(all.data(), all.size());
    std::vector<std::string> out;
    for (std::size_t i = 0; i < count; ++i) out.push_back(text_at(all.data() + i * bytes, width, wide, swap));
    return out;
}

std::string npy_of_texts(const std::vector<std::string>& texts) {
    std::vector<std::vector<std::uint32_t>> all;
    std::size_t width = 1;
    for (const std::string& text : texts) {
        all.push_back(code_points(text));
        width = std::max(width, all.back().size());
    }
    std::string out = npy_header_text(fmt::format("<U{}", width), {static_cast<std::int64_t>(texts.size())});
    for (std::vector<std::uint32_t>& text : all) {
        text.resize(width, 0);
        out.append(reinterpret_cast<const char*>(text.data()), 4 * width);
    }
    return out;
}

}  // namespace mf
