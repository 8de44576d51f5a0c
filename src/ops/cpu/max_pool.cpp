// SPDX-License-Identifier: MIT
#include <algorithm>

#include "ops/cpu/cpu_device.hpp"

namespace mf {
namespace {

struct Windows : PoolWindows {
    explicit Windows(const PoolWindows& windows) : PoolWindows(windows) {}

    std::int64_t begin(std::int64_t o) const { return std::max<std::int64_t>(0, o * stride - padding); }
    std::int64_t end(std::int64_t o, std::int64_t side) const {
        return std::min<std::int64_t>(side, o * stride - padding + kernel);
    }
    /// First and last window that hold place k.
    std::int64_t first_with(std::int64_t k) const {
        const std::int64_t past = k + padding - kernel + 1;
        return past <= 0 ? 0 : (past + stride - 1) / stride;
    }
    std::int64_t last_with(std::int64_t k, std::int64_t windows) const {
        return std::min(windows - 1, (k + padding) / stride);
    }
};

/// The largest of a window's numbers, channel by channel, and the place of each unless null.
void largest(float* best, std::int32_t* place, const float* picture, const Windows& w, std::int64_t i,
             std::int64_t j) {
    const std::int64_t start = w.begin(i) * w.width + w.begin(j);
    std::copy_n(picture + start * w.channels, w.channels, best);
    if (place != nullptr) std::fill_n(place, w.channels, static_cast<std::int32_t>(start));
    for (std::int64_t k = w.begin(i); k < w.end(i, w.height); ++k)
        for (std::int64_t l = w.begin(j); l < w.end(j, w.width); ++l) {
            const float* here = picture + (k * w.width + l) * w.channels;
            if (place == nullptr)
                for (std::int64_t c = 0; c < w.channels; ++c)
                    best[c] = here[c] <= best[c] || best[c] != best[c] ? best[c] : here[c];
            else
                for (std::int64_t c = 0; c < w.channels; ++c)
                    if (!(here[c] <= best[c] || best[c] != best[c])) {
                        best[c] = here[c];
                        place[c] = static_cast<std::int32_t>(k * w.width + l);
                    }
        }
}

/// A place's gradient: from the windows that chose it.
void collect(float* to, const float* dy, const std::int32_t* chosen_by, const Windows& w, std::int64_t row,
             std::int64_t l) {
    const std::int64_t k = row % w.height, picture = row / w.height;
    std::fill_n(to, w.channels, 0.0F);
    for (std::int64_t i = w.first_with(k); i <= w.last_with(k, w.out_height); ++i)
        for (std::int64_t j = w.first_with(l); j <= w.last_with(l, w.out_width); ++j) {
            const std::int64_t at = ((picture * w.out_height + i) * w.out_width + j) * w.channels;
            for (std::int64_t c = 0; c < w.channels; ++c)
                if (chosen_by[at + c] == k * w.width + l) to[c] += dy[at + c];
        }
}

}  // namespace

void CpuDevice::max_pool(Into y, Into into_places, View x, const PoolWindows& windows) {
    const Windows w(windows);
    auto* const places = static_cast<std::int32_t*>(into_places.data);
    const std::int64_t pictures = x.count() / (w.height * w.width * w.channels);
    team_.split(pictures * w.out_height, 1, [=](std::int64_t first, std::int64_t last) {
        for (std::int64_t row = first; row < last; ++row) {
            const float* picture = x.f32() + row / w.out_height * w.height * w.width * w.channels;
            for (std::int64_t j = 0; j < w.out_width; ++j) {
                const std::int64_t at = (row * w.out_width + j) * w.channels;
                largest(y.f32() + at, places != nullptr ? places + at : nullptr, picture, w,
                        row % w.out_height, j);
            }
        }
    });
}

void CpuDevice::max_pool_chosen(Into y, View d, View chosen, const PoolWindows& w) {
    const auto* const places = static_cast<const std::int32_t*>(chosen.data);
    const std::int64_t c_count = w.channels, pictures = d.count() / (w.height * w.width * c_count);
    float* const to = y.f32();
    team_.split(pictures * w.out_height, 1, [=](std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first * w.out_width; i < last * w.out_width; ++i) {
            const float* picture = d.f32() + i / (w.out_height * w.out_width) * w.height * w.width * c_count;
            for (std::int64_t c = 0; c < c_count; ++c)
                to[i * c_count + c] = picture[places[i * c_count + c] * c_count + c];
        }
    });
}

void CpuDevice::max_pool_adjoint(Into dx, View dy, View chosen, const PoolWindows& windows) {
    const Windows w(windows);
    const auto* const places = static_cast<const std::int32_t*>(chosen.data);
    const std::int64_t pictures = dx.count() / (w.height * w.width * w.channels);
    team_.split(pictures * w.height, 1, [=](std::int64_t first, std::int64_t last) {
        for (std::int64_t row = first; row < last; ++row)
            for (std::int64_t l = 0; l < w.width; ++l)
                collect(dx.f32() + (row * w.width + l) * w.channels, dy.f32(), places, w, row, l);
    });
}

}  // namespace mf
