// SPDX-License-Identifier: MIT
#include "serve/base64.hpp"

#include <cstdint>

namespace mf::serve {

std::string base64(std::string_view bytes) {
    static constexpr char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out((bytes.size() + 2) / 3 * 4, '=');
    std::size_t to = 0;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t three = 0;
        const std::size_t there = bytes.size() - i < 3 ? bytes.size() - i : 3;
        for (std::size_t k = 0; k < 3; ++k)
            three = three << 8 | (k < there ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k <= there; ++k) out[to + k] = letters[three >> (18 - 6 * k) & 63U];
        to += 4;
    }
    return out;
}

}  // namespace mf::serve
