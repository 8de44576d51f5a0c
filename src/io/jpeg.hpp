// SPDX-License-Identifier: MIT
// JPEG, through libjpeg-turbo.
#pragma once

#include <string>
#include <string_view>

#include "io/picture.hpp"

namespace mf {

/// A JPEG file as gray (where it is stored so) or RGB; CMYK, which is taken as inverted the way all programs write it,
/// becomes RGB. It is turned the way its EXIF orientation says. Whatever the decoder would paint over in grey and warn of (data that end early or are damaged) is an
/// Error, and so is a header that claims more than 2^28 bytes of pixels, or more pixels than the file can hold.
/// `name`: the path, for messages.
Picture decode_jpeg(std::string_view bytes, const std::string& name);

}  // namespace mf
