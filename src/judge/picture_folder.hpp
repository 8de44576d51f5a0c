// SPDX-License-Identifier: MIT
// A folder of pictures as generated images; part of judge/generated.hpp.
#pragma once

#include "judge/generated.hpp"

namespace mf {

/// The pictures of a folder and of its folders, in natural order, at most `most` (0: all). Error, naming the picture, when
/// one is of another size or cannot be read.
GeneratedImages read_picture_folder(const std::filesystem::path& folder, std::int64_t most);

}  // namespace mf
