// SPDX-License-Identifier: MIT
// Samples as the metrics see them: one row each.
#pragma once

#include <cstdint>
#include <span>

namespace mf {

/// A row-major matrix of single-precision numbers that somebody else owns.
struct MatrixView {
    const float* data;
    std::int64_t rows, cols;

    const float* row(std::int64_t i) const { return data + i * cols; }
};

/// The first `count` rows, or all when there are fewer.
MatrixView first_rows(MatrixView x, std::int64_t count);

/// `values` as rows of `cols` numbers. Error when they do not make whole rows.
MatrixView as_rows(std::span<const float> values, std::int64_t cols);

/// Error, as "[place] name ...", when `x` has fewer than `least` rows, no columns, or a number that is not
/// finite (the message says in which row and column).
void check_samples(const char* place, const char* name, MatrixView x, std::int64_t least);

/// `check_samples` of both, and that they have equally many columns.
void check_sample_pair(const char* place, MatrixView x, MatrixView y, std::int64_t least);

}  // namespace mf
