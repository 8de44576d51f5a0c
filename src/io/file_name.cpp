// SPDX-License-Identifier: MIT
#include "io/file_name.hpp"

#include <algorithm>
#include <string_view>

namespace mf {

std::string name_for_file(std::string name) {
    for (char& letter : name)
        if (std::string_view("/\\ :*?\"<>|").find(letter) != std::string_view::npos ||
            static_cast<unsigned char>(letter) < 32)
            letter = '_';
    // A name may have 255 bytes, number, ending and what a temporary name adds included; no character is cut in two.
    std::size_t end = std::min<std::size_t>(name.size(), 200);
    while (end < name.size() && end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) --end;
    name.resize(end);
    return name;
}

}  // namespace mf
