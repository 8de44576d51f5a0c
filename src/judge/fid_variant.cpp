// SPDX-License-Identifier: MIT
#include "judge/fid_variant.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/inception.hpp"

namespace mf {

std::span<const FidVariant> fid_variants() {
    static const std::array<FidVariant, 6> all = {{
        {"imf-jax",
         "iMF and MeanFlow in JAX: bytes are 127.5 x + 128 rounded down; bilinear between pixel centres",
         ByteRule::nearest, ResizeFilter::half_pixel, false, true},
        {"imf-torch",
         "iMF's torch branch: bytes are rounded to the nearest; TensorFlow 1's bilinear by torch-fidelity",
         ByteRule::nearest, ResizeFilter::corner_pixel, false, true},
        {"torch-fidelity", "bytes are 127.5 x + 127.5 rounded down; TensorFlow 1's bilinear", ByteRule::down,
         ResizeFilter::corner_pixel, false, true},
        {"adm",
         "ADM's evaluator: bytes are 127.5 x + 127.5 rounded down; TensorFlow 1's bilinear in its graph",
         ByteRule::down, ResizeFilter::corner_pixel, false, false},
        {"clean-fid", "bytes are rounded to the nearest; Pillow's antialiased bicubic in floats",
         ByteRule::nearest, ResizeFilter::pillow_bicubic, false, true},
        {"pytorch-fid",
         "bytes are rounded to the nearest; bilinear between pixel centres; the network reads y / 127.5 - 1",
         ByteRule::nearest, ResizeFilter::half_pixel, true, true},
    }};
    return all;
}

const FidVariant& fid_variant(const std::string& name) {
    std::string names;
    for (const FidVariant& variant : fid_variants()) {
        if (variant.name == name) return variant;
        names += (names.empty() ? "" : ", ") + variant.name;
    }
    throw UsageError(fmt::format("--fid-variant {} is not known", name), "there are auto, " + names);
}

BytePicture byte_picture(std::span<const float> image, int height, int width, int channels, ByteRule rule,
                         const std::string& place) {
    check_usage(channels == 1 || channels == 3, "{}: has images of {} channels, expected 1 or 3", place,
                channels);
    BytePicture out{height, width, {}};
    out.pixels.reserve(image.size() / static_cast<std::size_t>(channels) * 3);
    const float offset = rule == ByteRule::down ? 127.5F : 128.0F;
    for (const float value : image) {
        check(std::isfinite(value), "{}: holds {}, expected numbers on [-1, 1]", place, value);
        const auto byte = static_cast<std::uint8_t>(std::clamp(127.5F * value + offset, 0.0F, 255.0F));
        out.pixels.insert(out.pixels.end(), channels == 1 ? 3 : 1, byte);
    }
    return out;
}

Tensor network_input(std::span<const BytePicture> pictures, const FidVariant& variant, Team& team) {
    constexpr std::int64_t side = Inception::kSide, each = side * side * 3;
    Tensor out({std::ssize(pictures), side, side, 3}, DType::f32);
    const float offset = variant.over_127_5 ? 127.5F : 128.0F;
    team.split(std::ssize(pictures), 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const BytePicture& picture = pictures[static_cast<std::size_t>(i)];
            const std::vector<float> resized =
                resize_to_floats({picture.pixels.data(), picture.width, picture.height, 3},
                                 static_cast<int>(side), static_cast<int>(side), variant.resize);
            std::transform(resized.begin(), resized.end(), out.f32() + i * each,
                           [&](float y) { return (y - offset) / offset; });
        }
    });
    return out;
}

}  // namespace mf
