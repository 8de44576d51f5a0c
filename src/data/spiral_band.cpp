// SPDX-License-Identifier: MIT
#include "data/spiral_band.hpp"

#include "core/vector_math.hpp"
#include "data/point_rows.hpp"

namespace mf {
namespace {

// Along an arm, c is the middle's radius and c / slope its angle in turns. At each angle the band holds the
// radii c - noise .. c + noise, whose area grows with (c + noise)^2 - (c - noise)^2 = 4 c noise, in
// proportion to c: with c^2 uniform, and the radius by area within the band, the density is the same
// everywhere.
class SpiralBand : public PointDataset {
  public:
    explicit SpiralBand(const SpiralShape& shape)
        : shape_(shape),
          slope_((shape.end - shape.start) / shape.turns),
          low_(shape.start * shape.start),
          high_(shape.end * shape.end) {}

    void draw(float* out, std::int32_t* labels, const Random& random, std::uint64_t first,
              std::int64_t count) const override {
        const auto low = static_cast<float>(low_);
        const auto high = static_cast<float>(high_);
        const auto w = static_cast<float>(shape_.noise);
        const auto per_radius = static_cast<float>(1 / slope_);
        const auto arms = static_cast<float>(shape_.arms);
        const float per_arm = 1.0F / arms;
        draw_point_rows(out, labels, random, first, count, [=](float a, float b, float c) {
            const float middle = radius_by_area(low, high, a);
            const float r = radius_by_area((middle - w) * (middle - w), (middle + w) * (middle + w), b);
            const SinCos angle = sincos_turns(wrap_turns(pick(c, arms) * per_arm + middle * per_radius));
            return Point{r * angle.cos, r * angle.sin};
        });
    }

    Box view() const override { return {-2.4, 2.4, -2.4, 2.4}; }
    std::optional<bool> contains(double x, double y) const override { return mode_of(x, y) >= 0; }
    std::optional<double> density(double x, double y) const override {
        // Per arm the integral of 2 noise c over the angle, which is 2 pi c / slope radians.
        const double area = shape_.arms * 2 * std::numbers::pi * shape_.noise * (high_ - low_) / slope_;
        return mode_of(x, y) < 0 ? 0.0 : 1 / area;
    }
    int modes() const override { return shape_.arms * shape_.sections; }

    /// arm * sections + section.
    int mode_of(double x, double y) const override {
        const double r = std::hypot(x, y);
        const double turns = turns_of(x, y);
        for (int arm = 0; arm < shape_.arms; ++arm) {
            // Of the arm's middle radii at this angle, the one nearest to r.
            const double phase = turns - double(arm) / shape_.arms;
            const double middle = (phase + std::round(r / slope_ - phase)) * slope_;
            const bool on_arm = middle >= shape_.start - kEdgeSlack && middle <= shape_.end + kEdgeSlack;
            if (!on_arm || std::abs(r - middle) > shape_.noise + kEdgeSlack) continue;
            const double share = (middle * middle - low_) / (high_ - low_);
            const int section = static_cast<int>(share * shape_.sections);
            return arm * shape_.sections + std::clamp(section, 0, shape_.sections - 1);
        }
        return -1;
    }

  private:
    SpiralShape shape_;
    double slope_;  // radius gained per turn
    double low_, high_;
};

}  // namespace

std::unique_ptr<Dataset> make_spiral_band(const std::string& who, const SpiralShape& shape) {
    const double gap = (shape.end - shape.start) / shape.turns / shape.arms;
    const double most = std::min(shape.start, gap / 2);
    check_usage(shape.noise < most, "[{}] data.noise={} makes the windings overlap; it must be below {:.4g}",
                who, shape.noise, most);
    return std::make_unique<SpiralBand>(shape);
}

}  // namespace mf
