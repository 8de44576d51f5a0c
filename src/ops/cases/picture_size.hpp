// SPDX-License-Identifier: MIT
// Small helpers for the cases of ops on pictures: data are pictures by rows, (pictures, height * width * channels).
#pragma once

#include "ops/cases/transformer_sizes.hpp"
#include "ops/pictures.hpp"

namespace mf {

struct PictureSize {
    std::int64_t pictures, height, width, c;
    std::int64_t numbers() const { return height * width * c; }
    std::int64_t count() const { return pictures * numbers(); }
    std::string text() const { return fmt::format("{}x{}x{}x{}", pictures, height, width, c); }
    Dual of(const Dual& rows) const { return as_pictures(rows, height, width, c); }
    /// x[picture][i][j][channel]; zero outside the picture.
    double get(const std::vector<double>& x, std::int64_t picture, std::int64_t i, std::int64_t j,
               std::int64_t channel) const {
        if (i < 0 || i >= height || j < 0 || j >= width) return 0;
        return x[at(((picture * height + i) * width + j) * c + channel)];
    }
};

/// Pictures as one row each.
inline Dual as_rows(const Dual& x) { return x.reshaped(x.value.count() / x.value.shape()[0]); }

}  // namespace mf
