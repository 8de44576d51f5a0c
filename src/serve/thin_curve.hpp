// SPDX-License-Identifier: MIT
// A column of a log, however long, in a bounded number of points.
#pragma once

#include <cstdint>
#include <vector>

namespace mf::serve {

/// Neighbouring rows of a column, taken together. Values that are not finite are counted as rows only.
struct CurvePoint {
    std::int64_t rows = 0, finite = 0;
    double steps = 0, values = 0;  ///< sums
    double least = 0, most = 0;
    std::int64_t last_step = 0;

    void add(const CurvePoint& other);
};

/// Rows are added one after the other; when there are 4096 points, neighbours become one.
class ThinCurve {
  public:
    void add(std::int64_t step, double value);
    /// At most `most` points, of the rows after step `after` alone (up to the width of a point).
    std::vector<CurvePoint> points(std::size_t most, std::int64_t after) const;
    std::int64_t last_step() const { return last_step_; }
    double last_value() const { return last_value_; }

  private:
    std::vector<CurvePoint> points_;
    std::int64_t width_ = 1;  ///< rows of a point
    std::int64_t last_step_ = 0;
    double last_value_ = 0;
};

}  // namespace mf::serve
