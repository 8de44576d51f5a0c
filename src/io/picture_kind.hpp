// SPDX-License-Identifier: MIT
// What a file is, by its first bytes, whatever it is called.
#pragma once

#include <cstddef>
#include <string_view>

namespace mf {

/// `other`: a picture of a kind that is not read.
enum class PictureKind { none, png, jpeg, webp, other };

/// As many bytes of the start of a file as the functions below want to see (fewer will do for most).
constexpr std::size_t kPictureSignBytes = 512;

PictureKind picture_kind(std::string_view first_bytes);

/// "a GIF picture", "an HTML page", "a Git LFS pointer": what a file seems to be, for messages; "" when nothing comes to
/// mind. PNG, JPEG and WebP are named, too.
std::string_view likely_kind(std::string_view first_bytes);

}  // namespace mf
