// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <numeric>
#include <string>

#include "core/error.hpp"

namespace mf {

/// Up to five dimensions, outermost first (row-major); no heap.
class Shape {
  public:
    static constexpr int most = 5;

    Shape() = default;
    Shape(std::initializer_list<std::int64_t> dims) {
        check(dims.size() <= most, "[shape] at most {} dimensions, got {}", most, dims.size());
        for (std::int64_t d : dims) push(d);
    }
    void push(std::int64_t d) {
        check(rank_ < most && d >= 0, "[shape] bad dimension {} at position {}", d, rank_);
        dims_[static_cast<std::size_t>(rank_++)] = d;
    }
    int rank() const { return rank_; }
    std::int64_t operator[](int i) const { return dims_[static_cast<std::size_t>(i)]; }
    /// Number of elements (1 for rank 0).
    std::int64_t count() const {
        return std::accumulate(dims_.begin(), dims_.begin() + rank_, std::int64_t{1}, std::multiplies<>());
    }
    const std::int64_t* begin() const { return dims_.data(); }
    const std::int64_t* end() const { return dims_.data() + rank_; }
    bool operator==(const Shape& o) const {
        return rank_ == o.rank_ && std::equal(begin(), end(), o.begin());
    }
    /// "(64, 128)"
    std::string text() const;

  private:
    std::array<std::int64_t, most> dims_{};
    int rank_ = 0;
};

}  // namespace mf

/// Shapes format themselves, so that a check that holds builds no text.
template <>
struct fmt::formatter<mf::Shape> : fmt::formatter<fmt::string_view> {
    fmt::appender format(const mf::Shape& shape, fmt::format_context& context) const;
};
