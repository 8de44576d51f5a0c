// SPDX-License-Identifier: MIT
// JPEG, through libjpeg-turbo.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "io/picture_rows.hpp"

namespace mf {

/// A JPEG file as gray (where it is stored so) or RGB; CMYK, which is taken as inverted the way all programs write it,
/// becomes RGB; its orientation is what its EXIF segment says. Missing data (a file that ends early), which the decoder
/// would paint over in gray, are an Error; whatever else it complains of goes to the notes. A picture that is too large
/// to be held (see PictureWish) is scaled down by eighths inside the decoder. Error, too, when a header claims more
/// pixels than the file can hold. `bytes` must outlive the result; `name`: the path, for messages.
std::unique_ptr<PictureRows> open_jpeg(std::string_view bytes, const std::string& name,
                                       const PictureWish& wish = {});

/// The whole picture, as it is to be seen.
Picture decode_jpeg(std::string_view bytes, const std::string& name);

}  // namespace mf
