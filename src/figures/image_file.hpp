// SPDX-License-Identifier: MIT
// Samples that are images, many on a sheet. (One PNG each: image_folder.hpp.)
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "io/png.hpp"
#include "train/checkpoint.hpp"

namespace mf {

struct ImageRequest {
    std::int64_t columns = 0;  ///< of a sheet; 0: as many as classes, or nearly square
    int zoom = 0;              ///< side of a pixel; 0: an image becomes about 64 pixels wide
    PictureText text;          ///< metadata of every picture
};

/// `values` (count, H, W, C) on [-1, 1] to one PNG. `labels`: the words that were asked for.
void write_sheet(const std::filesystem::path& path, std::span<const float> values, const LoadedModel& model,
                 const std::string& labels, const ImageRequest& request);

}  // namespace mf
