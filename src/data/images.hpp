// SPDX-License-Identifier: MIT
// What the rest of the program knows of data that are images.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/data_print.hpp"
#include "data/dataset.hpp"

namespace mf {

/// Images (H, W, C) with values on [-1, 1] and, where there are classes, a label each.
class ImageDataset : public Dataset {
  public:
    const ImageDataset* images() const override { return this; }
    int classes() const override { return static_cast<int>(class_names().size()); }
    /// By label; empty: there are no classes.
    virtual const std::vector<std::string>& class_names() const = 0;
    /// Writes image `i` to `out` (H, W, C) and, where it is not null, its label to `label`: neither shuffled nor
    /// flipped, for statistics and metrics. `i` is below size(), or any number when the set is endless. Does not
    /// allocate; safe to call from several threads.
    virtual void stored(float* out, std::int32_t* label, std::int64_t i) const = 0;
    /// What the set holds now; reads every picture once.
    virtual DataPrint print() const { return {}; }
};

/// A byte's value on [-1, 1].
inline float value_of_byte(std::uint8_t byte) { return static_cast<float>(byte) / 127.5F - 1.0F; }
/// The byte nearest to a value; what is outside of [-1, 1] is cut, and what is no number is black.
inline std::uint8_t byte_of_value(float value) {
    const float byte = (value + 1.0F) * 127.5F + 0.5F;
    return byte >= 255.0F ? 255 : byte > 0.0F ? static_cast<std::uint8_t>(byte) : 0;
}

}  // namespace mf
