// SPDX-License-Identifier: MIT
#include "plot/text.hpp"

#include <algorithm>
#include <cstdint>

#include "plot/style.hpp"

namespace mf::plot {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Length of the well-formed UTF-8 sequence at the front of `text`, or 0.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0U) == 0x80U; };
    const std::uint8_t first = byte(0);
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4) return 0;
    if (!continues(1)) return 0;
    if (first < 0xE0) return 2;
    // Over-long forms, surrogates and values above U+10FFFF show in the second byte.
    if (first == 0xE0 && byte(1) < 0xA0) return 0;
    if (first == 0xED && byte(1) > 0x9F) return 0;
    if (!continues(2)) return 0;
    if (first < 0xF0) return 3;
    if (first == 0xF0 && byte(1) < 0x90) return 0;
    if (first == 0xF4 && byte(1) > 0x8F) return 0;
    return continues(3) ? 4 : 0;
}

// Calls `take(sequence)` for each character of `text`, clean.
template <class Take>
void for_each_character(std::string_view text, Take&& take) {
    while (!text.empty()) {
        const std::size_t length = sequence_length(text);
        if (length == 0)
            take(kReplacement);
        else
            take(text.substr(0, length));
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
}

bool is_control(std::string_view character) {
    const auto byte = static_cast<std::uint8_t>(character[0]);
    return character.size() == 1 && (byte < 0x20 || byte == 0x7F);
}

// In units of the font size; rounded up from common sans-serif faces.
double character_width(std::string_view character) {
    if (character.size() > 1)
        return character.size() > 2 && static_cast<std::uint8_t>(character[0]) >= 0xE3 ? 1.05 : 0.62;
    const char c = character[0];
    if (std::string_view("ijl|'.,:;!").find(c) != std::string_view::npos) return 0.29;
    if (std::string_view("ft()[]{}rI/\\- `\"").find(c) != std::string_view::npos) return 0.37;
    if (std::string_view("mwMW@%").find(c) != std::string_view::npos) return 0.92;
    return c >= 'A' && c <= 'Z' ? 0.72 : 0.58;
}

}  // namespace

std::string gnuplot_text(std::string_view text) {
    std::string out = "'";
    for_each_character(text, [&](std::string_view character) {
        if (character == "\n")
            out += "'.\"\\n\".'";
        else if (character == "'")
            out += "''";
        else if (is_control(character))
            out += ' ';
        else
            out += character;
    });
    return out + "'";
}

std::string one_line(std::string_view text) {
    std::string out;
    for_each_character(text, [&](std::string_view character) {
        if (is_control(character))
            out += ' ';
        else
            out += character;
    });
    // A trailing backslash would continue a comment on the next line.
    while (!out.empty() && (out.back() == '\\' || out.back() == ' ')) out.pop_back();
    return out;
}

double text_width(std::string_view text, double size) {
    double width = 0;
    for_each_character(text, [&](std::string_view character) { width += character_width(character); });
    return width * size;
}

FittedText fitted(std::string_view text, double size, double width) {
    const double wanted = text_width(text, size);
    if (wanted <= width) return {std::string(text), size};
    const double smaller = size * width / wanted;
    if (smaller >= kLeastSize) return {std::string(text), smaller};
    const std::string_view ellipsis = "…";
    double room = width - text_width(ellipsis, kLeastSize);
    std::string kept;
    for_each_character(text, [&](std::string_view character) {
        room -= character_width(character) * kLeastSize;
        if (room >= 0) kept += character;
    });
    return {kept + std::string(ellipsis), kLeastSize};
}

std::vector<std::string> wrapped(std::string_view text, double size, double width) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view paragraph = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        std::string line;
        while (!paragraph.empty()) {
            const std::size_t cut = std::min(paragraph.find("  "), paragraph.size());
            const std::string_view part = paragraph.substr(0, cut);
            paragraph.remove_prefix(cut);
            paragraph.remove_prefix(std::min(paragraph.find_first_not_of(' '), paragraph.size()));
            if (part.empty()) continue;
            const std::string longer = line.empty() ? std::string(part) : line + "  " + std::string(part);
            if (line.empty() || text_width(longer, size) <= width) {
                line = longer;
            } else {
                lines.push_back(line);
                line = part;
            }
        }
        if (!line.empty()) lines.push_back(line);
    }
    return lines;
}

}  // namespace mf::plot
