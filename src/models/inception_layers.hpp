// SPDX-License-Identifier: MIT
// The convolutions of the FID network: names, kernels and what each reads.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace mf {

/// One convolution; a batch norm and a ReLU follow.
struct InceptionLayer {
    std::string_view name;
    int out;            ///< channels as published
    int height, width;  ///< of the kernel
    int stride;
    int pad_y, pad_x;
    std::string_view input;  ///< a layer's name, or that of a block: everything that it gives
};

/// In the order of the network.
std::span<const InceptionLayer> inception_layers();

/// Parts of a block's result, side by side: names of layers, and "pool" for a block's pooled input. Empty for a plain layer.
std::span<const std::string_view> inception_parts(std::string_view block);

/// Channels that "image", a layer or a block gives, where `of_layer` says those of a layer.
std::int64_t inception_channels(std::string_view what,
                                const std::function<std::int64_t(std::string_view layer)>& of_layer);

}  // namespace mf
