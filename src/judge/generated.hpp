// SPDX-License-Identifier: MIT
// Images that somebody generated: in an .npz or .npy of ours or of others, or as pictures in a folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/shape.hpp"

namespace mf {

struct GeneratedImages {
    Shape shape;                           ///< (H, W, C) of one
    std::vector<float> values;             ///< (n, H, W, C) on [-1, 1]; floats as they are in the file
    std::vector<std::int32_t> labels;      ///< what each was asked to be; empty where the file does not say
    std::vector<std::string> class_names;  ///< of the labels; empty: they are numbers of classes
    std::vector<std::string> remarks;      ///< what looks odd

    std::int64_t count() const { return shape.count() == 0 ? 0 : std::ssize(values) / shape.count(); }
};

/// True for a folder that is no run and has pictures in it, or in folders of it.
bool is_picture_folder(const std::filesystem::path& path);

/// The first `most` images (0: all) of
///   an .npz  `samples`, or `arr_0` as the evaluators of others have it, or the only array: (n, H, W, C), floats on
///            [-1, 1] or bytes; labels from `labels` or `arr_1`, numbers of classes (`class_names`) or
///            their names; labels that are neither are left aside with a remark
///   an .npy  the same without labels
///   a folder every picture in it and below, in natural order; labels from the text that `sample` stores in a PNG, or the
///            name of the folder that it lies in, where there are several
/// Files are read no further than needed. Error for another form, and for pictures of several sizes.
GeneratedImages read_generated(const std::filesystem::path& path, std::int64_t most);

/// Shape of the array in a file of samples; nothing when it is no array of up to five dimensions.
std::optional<Shape> stored_shape(const std::filesystem::path& path);

}  // namespace mf
