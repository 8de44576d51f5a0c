// SPDX-License-Identifier: MIT
#pragma once

#include "device/device.hpp"
#include "tensor/tensor.hpp"

namespace mf {

/// `x` in the type `dtype`; the same tensor when it is so already, or empty.
inline Tensor as_type(Device& device, Pool& pool, const Tensor& x, DType dtype) {
    if (x.empty() || x.dtype() == dtype) return x;
    Tensor out(x.shape(), dtype, &pool);
    device.convert(out, x);
    return out;
}

}  // namespace mf
