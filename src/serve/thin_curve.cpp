// SPDX-License-Identifier: MIT
#include "serve/thin_curve.hpp"

#include <algorithm>
#include <cmath>

namespace mf::serve {
namespace {

constexpr std::size_t kMostPoints = 4096;

/// Every `each` neighbours as one.
std::vector<CurvePoint> merged(const std::vector<CurvePoint>& points, std::size_t each) {
    std::vector<CurvePoint> out;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (i % each == 0) out.emplace_back();
        out.back().add(points[i]);
    }
    return out;
}

}  // namespace

void CurvePoint::add(const CurvePoint& other) {
    if (other.finite > 0) {
        least = finite > 0 ? std::min(least, other.least) : other.least;
        most = finite > 0 ? std::max(most, other.most) : other.most;
    }
    rows += other.rows;
    finite += other.finite;
    steps += other.steps;
    values += other.values;
    last_step = other.last_step;
}

void ThinCurve::add(std::int64_t step, double value) {
    const bool finite = std::isfinite(value);
    const CurvePoint row{1,
                         finite ? 1 : 0,
                         static_cast<double>(step),
                         finite ? value : 0,
                         finite ? value : 0,
                         finite ? value : 0,
                         step};
    if (points_.empty() || points_.back().rows >= width_) {
        if (points_.size() == kMostPoints) {
            points_ = merged(points_, 2);
            width_ *= 2;
        }
        if (points_.empty() || points_.back().rows >= width_) points_.emplace_back();
    }
    points_.back().add(row);
    last_step_ = step;
    last_value_ = value;
}

std::vector<CurvePoint> ThinCurve::points(std::size_t most, std::int64_t after) const {
    std::vector<CurvePoint> out;
    for (const CurvePoint& point : points_)
        if (point.last_step > after) out.push_back(point);
    const std::size_t each = (out.size() + most - 1) / std::max<std::size_t>(most, 1);
    return each > 1 ? merged(out, each) : out;
}

}  // namespace mf::serve
