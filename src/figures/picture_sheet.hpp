// SPDX-License-Identifier: MIT
// Many images as one picture.
#pragma once

#include <cstdint>
#include <span>

#include "core/shape.hpp"
#include "data/images.hpp"
#include "io/picture.hpp"

namespace mf {

/// Side of a pixel that makes an image about 64 pixels wide.
int usual_zoom(const Shape& image);

/// Lays out `images` (count, H, W, C), values on [-1, 1], row by row; `zoom` is the side of a pixel, 0: the
/// usual one; `2 * zoom` pixels lie between.
Picture sheet_of(std::span<const float> images, const Shape& image, std::int64_t columns, int zoom = 1);

/// `columns` samples of each class, a row a class, as training sees them; without classes the first rows * columns of
/// them. Places stay white when a class has too few pictures.
Picture sheet_by_class(const ImageDataset& data, std::int64_t columns, std::int64_t rows, std::uint64_t seed,
                       int zoom);

}  // namespace mf
