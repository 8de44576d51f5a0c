// SPDX-License-Identifier: MIT
// Arrays of images in files of others.
#pragma once

#include <string>
#include <vector>

#include "tensor/tensor.hpp"

namespace mf {

/// (H, W, C) of one image of an array (n, H, W, C). UsageError when the array has another form.
Shape image_shape(const Shape& all, const std::string& place);

/// True for bytes and integers, which stand for bytes.
bool is_of_bytes(const Tensor& rows);

/// Appends values on [-1, 1]. Bytes and integers from 0 to 255 are what a picture holds; floats stand as they are. Error names
/// `place` for other integers.
void append_values(const Tensor& rows, const std::string& place, std::vector<float>& out);

}  // namespace mf
