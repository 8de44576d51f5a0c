// SPDX-License-Identifier: MIT
#include "metrics/random_features.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/rng.hpp"

namespace mf {
namespace {

constexpr std::uint64_t kFilterSeed = 20260, kDirectionSeed = 20261;
constexpr auto kFilters = static_cast<std::size_t>(kRandomFilters);

/// Where the patches of one image lie.
struct Places {
    std::int64_t height, width, channels, side;
    std::int64_t down() const { return (height - side) / 2 + 1; }
    std::int64_t across() const { return (width - side) / 2 + 1; }
    std::int64_t entries() const { return side * side * channels; }
};

/// (entries, filters): the filters lie side by side, so that all of them read an entry together.
std::vector<float> filters_of(const Places& places) {
    const std::int64_t entries = places.entries();
    std::vector<float> rows(static_cast<std::size_t>(kRandomFilters * entries)), out(rows.size());
    Random(kFilterSeed, Stream::evaluation).normal_rows(rows.data(), entries, 0, kRandomFilters);
    const float scale = 1.0F / std::sqrt(static_cast<float>(entries));
    for (std::int64_t f = 0; f < kRandomFilters; ++f)
        for (std::int64_t e = 0; e < entries; ++e)
            out[static_cast<std::size_t>(e * kRandomFilters + f)] =
                scale * rows[static_cast<std::size_t>(f * entries + e)];
    return out;
}

/// max(0, filter · patch) of all filters at one place.
void respond(float* response, const float* image, const float* filters, const Places& p, std::int64_t i,
             std::int64_t j) {
    std::fill_n(response, kFilters, 0.0F);
    for (std::int64_t u = 0; u < p.side; ++u) {
        const float* row = image + ((2 * i + u) * p.width + 2 * j) * p.channels;
        for (std::int64_t e = 0; e < p.side * p.channels; ++e, filters += kFilters)
            for (std::size_t f = 0; f < kFilters; ++f) response[f] += row[e] * filters[f];
    }
    for (std::size_t f = 0; f < kFilters; ++f) response[f] = std::max(response[f], 0.0F);
}

/// The range of one half of `count` places; both are the one place where there is no other.
std::pair<std::int64_t, std::int64_t> half_of(std::int64_t count, std::int64_t half) {
    if (count == 1) return {0, 1};
    return half == 0 ? std::pair{std::int64_t{0}, count / 2} : std::pair{count / 2, count};
}

void features_of(float* out, const float* image, const float* filters, const Places& p) {
    float response[kFilters];
    for (std::int64_t quadrant = 0; quadrant < 4; ++quadrant) {
        const auto [top, bottom] = half_of(p.down(), quadrant / 2);
        const auto [left, right] = half_of(p.across(), quadrant % 2);
        float sum[kFilters] = {};
        for (std::int64_t i = top; i < bottom; ++i)
            for (std::int64_t j = left; j < right; ++j) {
                respond(response, image, filters, p, i, j);
                for (std::size_t f = 0; f < kFilters; ++f) sum[f] += response[f];
            }
        const auto places = static_cast<float>((bottom - top) * (right - left));
        for (std::size_t f = 0; f < kFilters; ++f)
            out[4 * f + static_cast<std::size_t>(quadrant)] = sum[f] / places;
    }
}

}  // namespace

std::vector<float> random_features(MatrixView x, const Shape& image, Team& team) {
    check(image.rank() == 3 && image.count() == x.cols && image[0] >= 2 && image[1] >= 2,
          "[random_features] rows of {} numbers are no images {}", x.cols, image);
    const Places places{image[0], image[1], image[2], std::min({std::int64_t{5}, image[0], image[1]})};
    const std::vector<float> filters = filters_of(places);
    std::vector<float> out(static_cast<std::size_t>(x.rows * kRandomFeatures));
    team.split(x.rows, 4, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
            features_of(out.data() + i * kRandomFeatures, x.row(i), filters.data(), places);
    });
    return out;
}

std::vector<float> random_directions(std::int64_t count, std::int64_t dim) {
    std::vector<float> out(static_cast<std::size_t>(count * dim));
    Random(kDirectionSeed, Stream::evaluation).normal_rows(out.data(), dim, 0, count);
    for (std::int64_t l = 0; l < count; ++l) {
        const auto row = out.begin() + l * dim;
        double square = 0;
        for (std::int64_t k = 0; k < dim; ++k) square += double{row[k]} * row[k];
        const auto scale = static_cast<float>(1.0 / std::sqrt(square));
        for (std::int64_t k = 0; k < dim; ++k) row[k] *= scale;
    }
    return out;
}

}  // namespace mf
