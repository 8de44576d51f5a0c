// SPDX-License-Identifier: MIT
// Cameras store pictures the way the sensor lay and note beside them how to turn them.
#pragma once

#include <string_view>

#include "io/picture.hpp"

namespace mf {

/// The orientation (1 to 8) that a JPEG file notes in its EXIF segment; 1, as it is, when it notes none or the segment
/// is damaged. Source: CIPA DC-008, "Exchangeable image file format", tag 0x0112.
int exif_orientation(std::string_view jpeg);

/// The same of EXIF data by themselves, as PNG and WebP have them in chunks; the "Exif" that starts a JPEG's segment is
/// tolerated before them.
int orientation_of(std::string_view exif);

/// True when turning a picture so counts its stored columns (its stored rows) from the far end.
bool starts_right(int orientation);
bool starts_below(int orientation);

/// The picture as it is to be seen.
Picture upright(Picture picture, int orientation);

}  // namespace mf
