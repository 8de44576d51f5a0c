// SPDX-License-Identifier: MIT
// The form that a run wants its pictures in, and the keys that say so; the same for every stored set.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/options.hpp"
#include "data/dataset.hpp"
#include "data/resize.hpp"

namespace mf {

struct ImageForm {
    int size = 0;                    ///< side after centre crop and resize; 0: as stored
    int channels = 3;                ///< 1: gray, 3: red, green, blue
    bool flip = false;               ///< mirror every other picture when drawing
    std::string classes;             ///< those to keep, as typed (data/class_words.hpp); empty: all
    std::int64_t memory_mib = 8192;  ///< pictures that would take more are refused
    std::optional<std::vector<std::string>> class_order = {};  ///< see DataPlan
};

/// data.size, data.channels, data.flip, data.classes and data.memory_mib, with these defaults.
OptionTable image_options(int channels, bool flip);
ImageForm image_form(const Settings& settings, const DataPlan& plan);
/// data.path. UsageError when nobody gave it (`what` says what it should be), Error when there is nothing.
std::string data_path(const Settings& settings, const std::string& name, const std::string& what);

/// Height and width after crop and resize.
struct Extent {
    int height, width;
    bool operator==(const Extent&) const = default;
};
Extent extent_in(const ImageForm& form, Extent stored);

/// Writes one picture in its form, `out` (height, width, channels).
void write_formed(std::uint8_t* out, const PictureView& in, const ImageForm& form);

/// Error with the number of MiB when `count` pictures of this extent, in this form, take more memory than allowed.
void check_memory(const std::string& place, std::int64_t count, Extent extent, const ImageForm& form);

}  // namespace mf
