// SPDX-License-Identifier: MIT
#include "metrics/matrix.hpp"

#include <algorithm>
#include <bit>

#include "core/error.hpp"

namespace mf {
namespace {

bool is_not_finite(float v) { return (std::bit_cast<std::uint32_t>(v) & 0x7F800000U) == 0x7F800000U; }

}  // namespace

MatrixView first_rows(MatrixView x, std::int64_t count) { return {x.data, std::min(x.rows, count), x.cols}; }

MatrixView as_rows(std::span<const float> values, std::int64_t cols) {
    const auto size = static_cast<std::int64_t>(values.size());
    check(cols > 0 && size % cols == 0, "[matrix] {} numbers do not make whole rows of {}", size, cols);
    return {values.data(), size / cols, cols};
}

void check_samples(const char* place, const char* name, MatrixView x, std::int64_t least) {
    check(x.rows >= least, "[{}] {} has too few rows: expected at least {}, got {}", place, name, least,
          x.rows);
    check(x.cols > 0, "[{}] {} has no columns", place, name);
    for (std::int64_t i = 0; i < x.rows; ++i) {
        const float* row = x.row(i);
        bool bad = false;
        for (std::int64_t j = 0; j < x.cols; ++j) bad |= is_not_finite(row[j]);
        if (!bad) [[likely]]
            continue;
        const std::int64_t j = std::find_if(row, row + x.cols, is_not_finite) - row;
        throw Error(fmt::format("[{}] {}: row {}, column {} is {}, expected a finite number", place, name, i,
                                j, row[j]));
    }
}

void check_sample_pair(const char* place, MatrixView x, MatrixView y, std::int64_t least) {
    check(x.cols == y.cols, "[{}] x has {} columns and y {}; expected as many", place, x.cols, y.cols);
    check_samples(place, "x", x, least);
    check_samples(place, "y", y, least);
}

}  // namespace mf
