// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/image_form.hpp"

namespace mf {

/// Pictures in memory.
struct ImageStore {
    std::int64_t count = 0;
    int height = 0, width = 0, channels = 0;
    std::vector<std::uint8_t> pixels;      ///< (count, height, width, channels)
    std::vector<std::int32_t> labels;      ///< (count), or empty without classes
    std::vector<std::string> class_names;  ///< by label
    std::vector<std::string> remarks;      ///< see Dataset::remarks
    std::vector<std::uint64_t> file_digests =
        {};  ///< by label: of the names of the files; empty: there are none

    std::int64_t image_bytes() const { return std::int64_t{height} * width * channels; }
};

/// Keeps the classes that `form` asks for and brings every picture to its form. `place` starts messages. Error when
/// nothing is left, when a label has no class or when it would take too much memory.
ImageStore formed(ImageStore store, const ImageForm& form, const std::string& place);

/// Classes without pictures: dropped with a remark, and the others numbered anew; where `form` has a fixed order they
/// stay, with a remark. Labels go where there are no classes.
void settle_classes(ImageStore& store, const ImageForm& form);

/// How many there are of each label below `classes`.
std::vector<std::int64_t> counts_by_label(const std::vector<std::int32_t>& labels, std::size_t classes);

}  // namespace mf
