// SPDX-License-Identifier: MIT
// Picture files as a run wants them.
#pragma once

#include <filesystem>
#include <string>

#include "data/image_form.hpp"
#include "io/picture_rows.hpp"

namespace mf {

/// A picture and what is worth a remark about it.
struct ReadPicture {
    Picture picture;
    PictureNotes notes;
};

/// Reads one for `form`: whole; or, where it is too large to be held and `form` has a size, cut and shrunk to that size
/// while it is read, within memory for some rows and what kMostInnerBytes allows. What is transparent is laid on
/// `ground`. Error when it is damaged, of another kind or too large.
ReadPicture read_for(const std::filesystem::path& path, const ImageForm& form, const Colour& ground,
                     std::uint64_t held_bytes = kMostHeldBytes);

/// A colour as people write it: white, black, a gray 0 ... 255, #rrggbb, or red,green,blue. UsageError otherwise, with
/// `key`.
Colour colour_of(const std::string& key, const std::string& text);

}  // namespace mf
