// SPDX-License-Identifier: MIT
#include "ops/conv_size.hpp"

namespace mf {

ConvSize size_of_conv(const Tensor& x, const Param& w, const Param* b, const ConvGeometry& g) {
    check(w.shape.rank() == 4, "[conv2d] {} {} is no kernel", w.name, w.shape);
    check(x.shape().rank() == 4, "[conv2d] x must be (pictures, height, width, channels) but is {}",
          x.shape());
    check(g.stride_y > 0 && g.stride_x > 0 && g.top >= 0 && g.bottom >= 0 && g.left >= 0 && g.right >= 0,
          "[conv2d] {}: strides start at 1, rows and columns of zeros at 0", w.name);
    const std::int64_t height = x.shape()[1], width = x.shape()[2], in = x.shape()[3];
    check(w.shape[1] == in, "[conv2d] {} {} reads {} channels but x is {}", w.name, w.shape, w.shape[1],
          x.shape());
    check(b == nullptr || b->shape.count() == w.shape[0], "[conv2d] the bias of {} must have {} elements",
          w.name, w.shape[0]);
    const std::int64_t spare_rows = height + g.top + g.bottom - w.shape[2],
                       spare_cols = width + g.left + g.right - w.shape[3];
    check(spare_rows >= 0 && spare_cols >= 0, "[conv2d] x {} is smaller than the kernel of {} {}", x.shape(),
          w.name, w.shape);
    return {height,
            width,
            in,
            spare_rows / g.stride_y + 1,
            spare_cols / g.stride_x + 1,
            w.shape[0],
            w.shape[2],
            w.shape[3],
            g.stride_y,
            g.stride_x,
            g.top,
            g.left};
}

}  // namespace mf
