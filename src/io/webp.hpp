// SPDX-License-Identifier: MIT
// WebP, through libwebp.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "io/picture_rows.hpp"

namespace mf {

/// A WebP file, lossy or lossless, as RGB: transparent parts are laid on the ground; of an animation its first frame on
/// an otherwise transparent canvas; its orientation is what its EXIF chunk says. It is decoded as a whole by the first
/// call of `next`: one that is too large to be held (as four bytes a pixel, see PictureWish) is scaled down inside the
/// decoder, which takes at most kMostInnerBytes. Error for missing or damaged data. `bytes` must outlive the result;
/// `name`: the path, for messages.
std::unique_ptr<PictureRows> open_webp(std::string_view bytes, const std::string& name,
                                       const PictureWish& wish = {});

/// The whole picture, as it is to be seen.
Picture decode_webp(std::string_view bytes, const std::string& name);

}  // namespace mf
