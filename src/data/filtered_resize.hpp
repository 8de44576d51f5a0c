// SPDX-License-Identifier: MIT
// Resizing as others do it, number for number: statistics and latents are only comparable with published ones when every
// picture went through the same filter.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/resize.hpp"

namespace mf {

enum class ResizeFilter : std::uint8_t {
    half_pixel,  ///< bilinear between pixel centres, source position (i + 0.5) S / n - 0.5; aliases when it shrinks
    corner_pixel,    ///< bilinear, source position i S / n, as TensorFlow 1 has it; aliases
    pillow_box,      ///< Pillow's BOX: the mean over the area
    pillow_bicubic,  ///< Pillow's BICUBIC (a = -1/2), widened when it shrinks
};

/// `in` in floats, not cut to 0 .. 255: (height, width, channels). Pillow's filters as for its mode F.
std::vector<float> resize_to_floats(const PictureView& in, int height, int width, ResizeFilter filter);

/// As Pillow resizes pictures of 8 bits: across first, rounded to bytes, then down; only along axes that change. Only
/// Pillow's filters.
std::vector<std::uint8_t> resize_to_bytes(const PictureView& in, int height, int width, ResizeFilter filter);

/// The square of `side` pixels that ADM (guided diffusion), and after it DiT, SiT and MeanFlow, cut out of a picture: halved
/// by box while the shorter side is at least 2 `side`, brought to `side` by bicubic with the aspect kept, cut from the
/// middle; bytes between the steps.
std::vector<std::uint8_t> adm_crop(const PictureView& in, int side);

}  // namespace mf
