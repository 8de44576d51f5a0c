// SPDX-License-Identifier: MIT
#pragma once

#include "device/view.hpp"
#include "tensor/tensor.hpp"

namespace mf::cpu {

/// The same memory as a tensor, which is only read.
inline Tensor tensor_of(View x) {
    if (x.empty()) return {};
    return Tensor::view_of(const_cast<void*>(x.data), {x.rows, x.cols}, x.type);
}
inline Tensor tensor_of(Into y) {
    return y.empty() ? Tensor() : Tensor::view_of(y.data, {y.rows, y.cols}, y.type);
}
/// Rows as pixels of pictures.
template <class Numbers>
Tensor pictures_of(Numbers x, std::int64_t pictures, std::int64_t height, std::int64_t width) {
    if (x.empty()) return {};
    return Tensor::view_of(const_cast<void*>(View(x).data), {pictures, height, width, x.cols}, x.type);
}

}  // namespace mf::cpu
