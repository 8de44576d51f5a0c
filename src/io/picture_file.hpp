// SPDX-License-Identifier: MIT
// Pictures in files whose kind their content says, whatever they are called.
#pragma once

#include <filesystem>
#include <string_view>

#include "io/picture.hpp"

namespace mf {

enum class PictureKind { none, png, jpeg };

/// What the first bytes of a file (8 are enough) say.
PictureKind picture_kind(std::string_view first_bytes);

/// True for a file called .png, .jpg or .jpeg (upper case, too), or whose first bytes are those of a PNG or a JPEG.
/// A file that cannot be opened is none.
bool looks_like_picture(const std::filesystem::path& path);

/// A PNG or a JPEG. Error when it is neither or is damaged.
Picture read_picture(const std::filesystem::path& path);

}  // namespace mf
