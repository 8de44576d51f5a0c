// SPDX-License-Identifier: MIT
#include "figures/picture_sheet.hpp"

#include <algorithm>
#include <vector>

#include "plot/sheet.hpp"

namespace mf {
namespace {

/// (count, H, W, C) to (count, H * zoom, W * zoom, C) in bytes.
std::vector<std::uint8_t> enlarged(std::span<const float> images, std::size_t width, std::size_t channels,
                                   std::size_t zoom) {
    std::vector<std::uint8_t> out;
    out.reserve(images.size() * zoom * zoom);
    const std::size_t row = width * channels;
    for (std::size_t at = 0; at < images.size(); at += row)
        for (std::size_t again = 0; again < zoom; ++again)
            for (std::size_t x = 0; x < width * zoom; ++x)
                for (std::size_t c = 0; c < channels; ++c)
                    out.push_back(byte_of_value(images[at + x / zoom * channels + c]));
    return out;
}

}  // namespace

int usual_zoom(const Shape& image) {
    return static_cast<int>(std::max<std::int64_t>(1, (64 + image[1] / 2) / image[1]));
}

Picture sheet_of(std::span<const float> images, const Shape& image, std::int64_t columns, int zoom) {
    const auto height = static_cast<std::size_t>(image[0]), width = static_cast<std::size_t>(image[1]);
    const auto channels = static_cast<std::size_t>(image[2]);
    const auto scale = static_cast<std::size_t>(zoom > 0 ? zoom : usual_zoom(image));
    const plot::Picture sheet = plot::image_sheet(
        enlarged(images, width, channels, scale), images.size() / (height * width * channels), height * scale,
        width * scale, channels, static_cast<std::size_t>(columns), 2 * scale);
    return {static_cast<int>(sheet.width), static_cast<int>(sheet.height), static_cast<int>(sheet.channels),
            sheet.pixels};
}

Picture sheet_by_class(const ImageDataset& data, std::int64_t columns, std::int64_t rows, std::uint64_t seed,
                       int zoom) {
    const Shape shape = data.sample_shape();
    const std::int64_t each = shape.count(), classes = data.classes();
    const Random random(seed, Stream::evaluation);
    std::vector<float> images(static_cast<std::size_t>(rows * columns * each), 1.0F);
    if (classes == 0) {
        data.draw(images.data(), nullptr, random, 0, rows * columns);
        return sheet_of(images, shape, columns, zoom);
    }
    std::vector<std::int64_t> filled(static_cast<std::size_t>(classes));
    std::vector<float> one(static_cast<std::size_t>(each));
    // A whole epoch, or as many draws of an endless set as fill the rows but for very bad luck.
    const std::int64_t most = data.size() > 0 ? data.size() : 20 * classes * columns;
    std::int64_t missing = rows * columns;
    for (std::int64_t i = 0; i < most && missing > 0; ++i) {
        std::int32_t label = 0;
        data.draw(one.data(), &label, random, static_cast<std::uint64_t>(i), 1);
        std::int64_t& column = filled[static_cast<std::size_t>(label)];
        if (label >= rows || column == columns) continue;
        std::ranges::copy(one, images.begin() + (label * columns + column) * each);
        ++column;
        --missing;
    }
    return sheet_of(images, shape, columns, zoom);
}

}  // namespace mf
