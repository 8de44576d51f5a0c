// SPDX-License-Identifier: MIT
// Published ways from an image to the input of the FID network. They disagree: numbers of one must not be put beside
// numbers of another (docs/fid.md).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/team.hpp"
#include "data/filtered_resize.hpp"
#include "tensor/tensor.hpp"

namespace mf {

/// From a float x on [-1, 1] to a byte; cut to 0 .. 255 in any case.
enum class ByteRule : std::uint8_t {
    nearest,  ///< to 127.5 x + 127.5; the same as 127.5 x + 128 rounded down
    down,     ///< 127.5 x + 127.5 rounded down
};

struct FidVariant {
    std::string name, help;
    ByteRule bytes;
    ResizeFilter resize;  ///< to 299 x 299
    bool over_127_5;      ///< the network reads y / 127.5 - 1, otherwise (y - 128) / 128
    bool shuffled;        ///< the inception score's parts are made of shuffled images
};

std::span<const FidVariant> fid_variants();
/// UsageError, listing them, for another name.
const FidVariant& fid_variant(const std::string& name);

/// 8 bits a channel, red, green and blue.
struct BytePicture {
    int height = 0, width = 0;
    std::vector<std::uint8_t> pixels;  ///< (height, width, 3)
};

/// An image (height, width, channels) of 1 or 3 channels, floats on [-1, 1], as a picture. Error, naming `place`, when a number is
/// none.
BytePicture byte_picture(std::span<const float> image, int height, int width, int channels, ByteRule rule,
                         const std::string& place);

/// (B, 299, 299, 3) as the network reads them.
Tensor network_input(std::span<const BytePicture> pictures, const FidVariant& variant, Team& team);

}  // namespace mf
