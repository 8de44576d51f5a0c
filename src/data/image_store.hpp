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

    std::int64_t image_bytes() const { return std::int64_t{height} * width * channels; }
};

/// Keeps the classes that `form` asks for and brings every picture to its form. `place` starts messages. Error when
/// nothing is left, when a label has no class or when it would take too much memory.
ImageStore formed(ImageStore store, const ImageForm& form, const std::string& place);

}  // namespace mf
