// SPDX-License-Identifier: MIT
#include "cli/screen.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

namespace mf::cli {
namespace {

std::size_t columns_of(const std::string& text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string text_table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns_of(row[i]));
    }
    std::string out;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string blanks(widths[i] - columns_of(row[i]), ' ');
            line += (i > 0 ? "  " : "") + (i == 0 ? row[i] + blanks : blanks + row[i]);
        }
        while (line.ends_with(' ')) line.pop_back();
        out += line + "\n";
    }
    return out;
}

void remark(bool quiet, const std::string& text) {
    if (!quiet && !text.empty()) fmt::print(stderr, "{}\n", text);
}

}  // namespace mf::cli
