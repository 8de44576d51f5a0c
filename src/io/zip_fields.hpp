// SPDX-License-Identifier: MIT
// Numbers of the zip format that its reader and its writer share.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mf {

inline constexpr std::uint32_t kZipLocalMagic = 0x04034B50, kZipDirectoryMagic = 0x02014B50,
                               kZipEndMagic = 0x06054B50, kZip64EndMagic = 0x06064B50,
                               kZip64LocatorMagic = 0x07064B50;
inline constexpr std::size_t kZipLocalBytes = 30, kZipDirectoryBytes = 46, kZipEndBytes = 22,
                             kZip64EndBytes = 56, kZip64LocatorBytes = 20;
inline constexpr std::size_t kZipLocalCrc = 14;        ///< where the CRC stands in a local header
inline constexpr std::uint16_t kZip64Field = 1;        ///< of an entry's extra fields
inline constexpr std::uint64_t kFourGiB = 0xFFFFFFFF;  ///< the value itself says: look into the zip64 field

}  // namespace mf
