// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace mf {

/// CRC-32C (Castagnoli polynomial 0x1EDC6F41, reflected), as in RFC 3720, appendix B.4.
/// `before`: the sum of what came before, to go on from there.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

/// The sum as a TFRecord stores it: rotated and shifted by a constant, so that the sum of data that holds
/// sums of its own is not weakened (TensorFlow, tsl/lib/hash/crc32c.h).
inline std::uint32_t masked_crc32c(std::string_view bytes) {
    const std::uint32_t crc = crc32c(bytes);
    return ((crc >> 15) | (crc << 17)) + 0xA282EAD8U;
}

}  // namespace mf
