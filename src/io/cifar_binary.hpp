// SPDX-License-Identifier: MIT
// The binary version of CIFAR-10 and CIFAR-100: records of one or two label bytes and a picture of 32 x 32 pixels, all
// of its red, then green, then blue, and nothing else.
// Source: A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009), web page of the data sets.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace mf {

/// ten: one label (0-9). hundred: a coarse (0-19), then a fine label (0-99).
enum class CifarLayout { ten, hundred };

inline constexpr std::int64_t kCifarSide = 32, kCifarPixelBytes = 3 * kCifarSide * kCifarSide;
/// 3073 or 3074.
constexpr std::int64_t cifar_record_bytes(CifarLayout layout) {
    return kCifarPixelBytes + (layout == CifarLayout::ten ? 1 : 2);
}

struct CifarBatch {
    std::vector<std::uint8_t> pixels;  ///< (count, 32, 32, 3)
    std::vector<std::int32_t> labels;  ///< (count); the fine ones of CIFAR-100
    std::vector<std::int32_t> coarse;  ///< (count), or empty for CIFAR-10
    std::int64_t count() const { return static_cast<std::int64_t>(labels.size()); }
};

/// The layout whose records fill a file of this size exactly; nothing when neither or both do.
std::optional<CifarLayout> cifar_layout(std::uint64_t file_bytes);

/// Adds the records of one file to `batch`. Error when the file is not a whole number of records or a label is out of
/// range (with record and byte).
void append_cifar(CifarBatch& batch, const std::filesystem::path& path, CifarLayout layout);

}  // namespace mf
