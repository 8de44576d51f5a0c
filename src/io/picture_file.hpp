// SPDX-License-Identifier: MIT
// Pictures in files whose kind their content says, whatever they are called.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include "io/picture_kind.hpp"
#include "io/picture_rows.hpp"

namespace mf {

/// True for a file called .png, .jpg, .jpeg or .webp (upper case, too), or whose first bytes are those of one of these.
/// A file that cannot be opened is none.
bool looks_like_picture(const std::filesystem::path& path);

/// "a GIF picture": the kind of a picture that is not read (see PictureKind::other); "" for any other file.
std::string_view foreign_picture(const std::filesystem::path& path);

/// Hands the rows of a PNG, a JPEG or a WebP to `use`; they live as long as that call. Error, which names what the file
/// is instead, when it is none of them, and where it is damaged.
void read_rows(const std::filesystem::path& path, const PictureWish& wish,
               const std::function<void(PictureRows&)>& use);

/// The whole picture, as it is to be seen.
Picture read_picture(const std::filesystem::path& path, const PictureWish& wish = {});

}  // namespace mf
