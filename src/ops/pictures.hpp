// SPDX-License-Identifier: MIT
// Pictures inside networks are tensors (pictures, height, width, channels), channels last; a tangent covers the last of
// them.
#pragma once

#include "tensor/dual.hpp"

namespace mf {

/// The same numbers as pictures of this size.
inline Tensor as_pictures(const Tensor& x, std::int64_t height, std::int64_t width, std::int64_t channels) {
    return x.empty() ? x : x.reshaped({x.count() / (height * width * channels), height, width, channels});
}
inline Dual as_pictures(const Dual& x, std::int64_t height, std::int64_t width, std::int64_t channels) {
    return {as_pictures(x.value, height, width, channels), as_pictures(x.tangent, height, width, channels),
            x.slot};
}

/// Pictures in the shape of `like`, which has as many numbers a picture: what an op on rows gives back.
inline Dual as_pictures(const Dual& x, const Dual& like) {
    const Shape& s = like.value.shape();
    return as_pictures(x, s[1], s[2], s[3]);
}

}  // namespace mf
