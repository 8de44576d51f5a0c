// SPDX-License-Identifier: MIT
// Pictures of 8 bits a channel, as PNG.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "io/picture_rows.hpp"

namespace mf {

/// Words to store beside the pixels ("Software", "meanflow"): keywords of 1 to 79 printable ASCII characters,
/// UTF-8 text.
using PictureText = std::map<std::string, std::string>;

/// The bytes of a PNG file. Error when sizes and pixels disagree or a keyword or text is not as above.
std::string encode_png(const Picture& picture, const PictureText& text = {});

/// Any PNG as 8-bit gray or RGB: palettes and fewer bits are expanded, of 16 bits the upper 8 are kept; what is
/// transparent (an alpha channel, or a transparent colour or palette entry) is laid on the ground; gamma and colour
/// profiles are not applied. Its orientation is what its eXIf chunk says. Pictures that are too large to be held (see
/// PictureWish) are decoded row by row, interlaced ones as long as they take at most kMostInnerBytes. Error for missing
/// or damaged data and for a header that claims more than the file can hold. `bytes` must outlive the result; `name`:
/// the path, for messages.
std::unique_ptr<PictureRows> open_png(std::string_view bytes, const std::string& name,
                                      const PictureWish& wish = {});

/// The whole picture, as it is to be seen.
Picture decode_png(std::string_view bytes, const std::string& name);

/// The text stored before the pixels of a PNG.
PictureText decode_png_text(std::string_view bytes, const std::string& name);

/// encode_png to a file, atomically.
void write_png(const std::filesystem::path& path, const Picture& picture, const PictureText& text = {});
Picture read_png(const std::filesystem::path& path);
PictureText read_png_text(const std::filesystem::path& path);

}  // namespace mf
