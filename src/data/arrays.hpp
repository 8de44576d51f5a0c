// SPDX-License-Identifier: MIT
// Pictures and points that a program has in memory, as a data set.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/data_print.hpp"
#include "data/dataset.hpp"

namespace mf {

/// The name in the catalogue (data.name) of what is made here.
constexpr const char* kArrays = "arrays";

/// Rows of pictures or points, which are copied. Bytes are what a picture file holds; floats are on [-1, 1].
struct ArrayData {
    Shape sample;                               ///< of one row: (H, W, C), or (2) for points in the plane
    std::int64_t count = 0;                     ///< rows
    std::span<const std::uint8_t> bytes;        ///< (count, *sample), pictures only; or empty
    std::span<const float> floats;              ///< (count, *sample), where there are no bytes
    std::span<const std::int32_t> labels = {};  ///< (count), from 0 on; empty: no classes
    std::vector<std::string> class_names = {};  ///< by label; empty: the numbers up to the largest label
};

/// A data set, and what tells it from another one.
struct GivenData {
    std::unique_ptr<Dataset> data;
    DataPrint print;
};

/// `flip`: pictures are mirrored left to right with probability 1/2. Rows come in an order of their own every epoch, as
/// those of every stored set: pictures of bytes are learnt with the same bits as the same pictures in files. UsageError
/// for shapes that are neither, numbers that do not fit them or are not finite, pictures (1 or 3 channels) beyond
/// [-1, 1], and labels without a name.
GivenData arrays_as_data(const ArrayData& arrays, bool flip);

}  // namespace mf
