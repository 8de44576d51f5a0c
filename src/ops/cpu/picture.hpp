// SPDX-License-Identifier: MIT
// Pictures as convolutions write them: channels last, perhaps a part of the channels of a wider one.
#pragma once

#include <cstdint>

namespace mf::cpu {

struct PictureShape {
    std::int64_t batch, height, width, channels;
    std::int64_t stride;  ///< from one pixel to the next, in elements; at least `channels`

    std::int64_t pixels() const { return batch * height * width; }
};

struct PictureOut {
    float* data;
    PictureShape shape;

    float* at(std::int64_t b, std::int64_t y, std::int64_t x) const {
        return data + ((b * shape.height + y) * shape.width + x) * shape.stride;
    }
};

/// What happens to a convolution's result before it is written: y = max(0, sum + bias + residual), each if wanted.
struct ConvFinish {
    const float* bias = nullptr;      ///< (channels)
    const float* residual = nullptr;  ///< laid out as the result is
    bool relu = false;
};

/// What is left to do for `pixels` of a result that starts at `at` and has its bias already.
inline void finish_pixels(const PictureOut& y, const ConvFinish& finish, float* at, std::int64_t pixels) {
    if (finish.residual == nullptr && !finish.relu) return;
    const float* residual = finish.residual != nullptr ? finish.residual + (at - y.data) : nullptr;
    for (; pixels > 0; --pixels, at += y.shape.stride) {
        if (residual != nullptr) {
            for (std::int64_t c = 0; c < y.shape.channels; ++c) at[c] += residual[c];
            residual += y.shape.stride;
        }
        if (finish.relu)
            for (std::int64_t c = 0; c < y.shape.channels; ++c) at[c] = at[c] < 0.0F ? 0.0F : at[c];
    }
}

}  // namespace mf::cpu
