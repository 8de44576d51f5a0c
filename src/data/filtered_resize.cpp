// SPDX-License-Identifier: MIT
#include "data/filtered_resize.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"

namespace mf {
namespace {

/// Along one axis: output i is the sum of weights[i * width + k] times input first[i] + k, k < counts[i].
struct AxisTaps {
    int width = 0;
    std::vector<int> first, counts;
    std::vector<double> weights;
};

/// Between two neighbours, edges repeated.
AxisTaps bilinear(int from, int to, bool half_pixel) {
    AxisTaps out{2, {}, {}, {}};
    for (int i = 0; i < to; ++i) {
        const double step = static_cast<double>(from) / to;
        const double at = std::clamp(half_pixel ? (i + 0.5) * step - 0.5 : i * step, 0.0, from - 1.0);
        const int first = std::clamp(static_cast<int>(at), 0, std::max(from - 2, 0));
        out.first.push_back(first);
        out.counts.push_back(std::min(2, from));
        out.weights.push_back(1 - (at - first));
        out.weights.push_back(at - first);
    }
    return out;
}

double box(double x) { return x > -0.5 && x <= 0.5 ? 1.0 : 0.0; }

double bicubic(double x) {
    constexpr double a = -0.5;
    x = std::abs(x);
    if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0.0;
}

/// A filter of Pillow: as wide as the step when it shrinks, normalised over the inputs that exist.
AxisTaps pillow(int from, int to, double (*filter)(double), double reach) {
    const double step = static_cast<double>(from) / to, scale = std::max(step, 1.0), support = reach * scale;
    AxisTaps out{static_cast<int>(std::ceil(support)) * 2 + 1, {}, {}, {}};
    for (int i = 0; i < to; ++i) {
        const double centre = (i + 0.5) * step;
        const int first = std::max(static_cast<int>(centre - support + 0.5), 0);
        const int count = std::min(static_cast<int>(centre + support + 0.5), from) - first;
        std::vector<double> weights(static_cast<std::size_t>(out.width));
        double sum = 0;
        for (int k = 0; k < count; ++k)
            sum += weights[static_cast<std::size_t>(k)] = filter((k + first - centre + 0.5) / scale);
        for (double& weight : weights)
            if (sum != 0) weight /= sum;
        out.first.push_back(first);
        out.counts.push_back(count);
        out.weights.insert(out.weights.end(), weights.begin(), weights.end());
    }
    return out;
}

AxisTaps taps_for(int from, int to, ResizeFilter filter) {
    switch (filter) {
        case ResizeFilter::half_pixel:
            return bilinear(from, to, true);
        case ResizeFilter::corner_pixel:
            return bilinear(from, to, false);
        case ResizeFilter::pillow_box:
            return pillow(from, to, box, 0.5);
        case ResizeFilter::pillow_bicubic:
            return pillow(from, to, bicubic, 2);
    }
    throw Error("[resize] unknown filter");
}

bool is_of_pillow(ResizeFilter filter) {
    return filter == ResizeFilter::pillow_box || filter == ResizeFilter::pillow_bicubic;
}

/// Sum of taps i over inputs that stand `stride` apart.
template <class Number>
double sum_of(const AxisTaps& taps, int i, const Number* in, std::ptrdiff_t stride) {
    const double* weight = taps.weights.data() + std::ptrdiff_t{i} * taps.width;
    in += taps.first[static_cast<std::size_t>(i)] * stride;
    double sum = 0;
    for (int k = 0; k < taps.counts[static_cast<std::size_t>(i)]; ++k) sum += weight[k] * in[k * stride];
    return sum;
}

/// Pillow's arithmetic for 8 bits: weights in units of 2^-22, the sum rounded and cut.
struct ByteTaps {
    const AxisTaps& taps;
    std::vector<std::int32_t> weights;

    explicit ByteTaps(const AxisTaps& exact) : taps(exact) {
        for (const double weight : exact.weights)
            weights.push_back(
                static_cast<std::int32_t>(weight < 0 ? -0.5 + weight * kUnit : 0.5 + weight * kUnit));
    }
    std::uint8_t sum(int i, const std::uint8_t* in, std::ptrdiff_t stride) const {
        const std::int32_t* weight = weights.data() + std::ptrdiff_t{i} * taps.width;
        in += taps.first[static_cast<std::size_t>(i)] * stride;
        std::int32_t total = kUnit / 2;
        for (int k = 0; k < taps.counts[static_cast<std::size_t>(i)]; ++k)
            total += weight[k] * in[k * stride];
        return static_cast<std::uint8_t>(std::clamp(total >> kBits, 0, 255));
    }
    static constexpr int kBits = 22;
    static constexpr std::int32_t kUnit = 1 << kBits;
};

void check_sizes(const PictureView& in, int height, int width) {
    check(in.width > 0 && in.height > 0 && width > 0 && height > 0, "[resize] {} x {} to {} x {}", in.height,
          in.width, height, width);
}

}  // namespace

std::vector<float> resize_to_floats(const PictureView& in, int height, int width, ResizeFilter filter) {
    check_sizes(in, height, width);
    const AxisTaps across = taps_for(in.width, width, filter), down = taps_for(in.height, height, filter);
    const std::ptrdiff_t channels = in.channels, row = width * channels;
    std::vector<float> lines(static_cast<std::size_t>(in.height * row)),
        out(static_cast<std::size_t>(height * row));
    for (int y = 0; y < in.height; ++y)
        for (int x = 0; x < width; ++x)
            for (std::ptrdiff_t c = 0; c < channels; ++c)
                lines[static_cast<std::size_t>(y * row + x * channels + c)] = static_cast<float>(
                    sum_of(across, x, in.pixels + std::ptrdiff_t{y} * in.width * channels + c, channels));
    for (int y = 0; y < height; ++y)
        for (std::ptrdiff_t i = 0; i < row; ++i)
            out[static_cast<std::size_t>(y * row + i)] =
                static_cast<float>(sum_of(down, y, lines.data() + i, row));
    return out;
}

std::vector<std::uint8_t> resize_to_bytes(const PictureView& in, int height, int width, ResizeFilter filter) {
    check_sizes(in, height, width);
    check(is_of_pillow(filter), "[resize] only Pillow's filters make bytes");
    const std::ptrdiff_t channels = in.channels, row = width * channels;
    std::vector<std::uint8_t> lines(in.pixels, in.pixels + std::ptrdiff_t{in.height} * in.width * channels);
    if (width != in.width) {
        const AxisTaps exact = taps_for(in.width, width, filter);
        const ByteTaps across(exact);
        lines.resize(static_cast<std::size_t>(in.height * row));
        for (int y = 0; y < in.height; ++y)
            for (int x = 0; x < width; ++x)
                for (std::ptrdiff_t c = 0; c < channels; ++c)
                    lines[static_cast<std::size_t>(y * row + x * channels + c)] =
                        across.sum(x, in.pixels + std::ptrdiff_t{y} * in.width * channels + c, channels);
    }
    if (height == in.height) return lines;
    const AxisTaps exact = taps_for(in.height, height, filter);
    const ByteTaps down(exact);
    std::vector<std::uint8_t> out(static_cast<std::size_t>(height * row));
    for (int y = 0; y < height; ++y)
        for (std::ptrdiff_t i = 0; i < row; ++i)
            out[static_cast<std::size_t>(y * row + i)] = down.sum(y, lines.data() + i, row);
    return out;
}

std::vector<std::uint8_t> adm_crop(const PictureView& in, int side) {
    check_sizes(in, side, side);
    std::vector<std::uint8_t> pixels;
    PictureView view = in;
    const auto resized = [&](int height, int width, ResizeFilter filter) {
        pixels = resize_to_bytes(view, height, width, filter);
        view = {pixels.data(), width, height, in.channels};
    };
    while (std::min(view.width, view.height) >= 2 * side)
        resized(view.height / 2, view.width / 2, ResizeFilter::pillow_box);
    const double scale = static_cast<double>(side) / std::min(view.width, view.height);
    // To the nearest even where it is a tie.
    resized(static_cast<int>(std::nearbyint(view.height * scale)),
            static_cast<int>(std::nearbyint(view.width * scale)), ResizeFilter::pillow_bicubic);
    const int top = (view.height - side) / 2, left = (view.width - side) / 2;
    const std::ptrdiff_t row = std::ptrdiff_t{side} * in.channels;
    std::vector<std::uint8_t> out(static_cast<std::size_t>(side * row));
    for (int y = 0; y < side; ++y)
        std::copy_n(view.pixels + (std::ptrdiff_t{top + y} * view.width + left) * in.channels, row,
                    out.data() + y * row);
    return out;
}

}  // namespace mf
