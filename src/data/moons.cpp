// SPDX-License-Identifier: MIT
// Moons: two half rings of equal mass that reach into each other, each uniform over its area.
#include "core/vector_math.hpp"
#include "data/point_rows.hpp"
#include "data/point_sets.hpp"

namespace mf {
namespace {

class Moons : public PointDataset {
  public:
    // In units of the radius the centres are (-1/2, -1/4), open below, and (1/2, 1/4), open above: mean 0,
    // width 3.
    explicit Moons(double noise) : noise_(noise), radius_((2 - noise) / 1.5) {}

    void draw(float* out, std::int32_t* labels, const Random& random, std::uint64_t first,
              std::int64_t count) const override {
        const auto radius = static_cast<float>(radius_);
        const auto low = static_cast<float>((radius_ - noise_) * (radius_ - noise_));
        const auto high = static_cast<float>((radius_ + noise_) * (radius_ + noise_));
        draw_point_rows(out, labels, random, first, count, [=](float a, float b, float c) {
            const float side = c < 0.5F ? 1.0F : -1.0F;
            const float r = radius_by_area(low, high, b);
            const SinCos angle = sincos_turns(0.5F * a);
            return Point{side * (r * angle.cos - 0.5F * radius), side * (r * angle.sin - 0.25F * radius)};
        });
    }

    Box view() const override { return {-2.4, 2.4, -2.4, 2.4}; }
    std::optional<bool> contains(double x, double y) const override { return mode_of(x, y) >= 0; }
    std::optional<double> density(double x, double y) const override {
        // Half the mass over half a ring's area, pi radius * 2 noise.
        return mode_of(x, y) < 0 ? 0.0 : 0.5 / (2 * std::numbers::pi * radius_ * noise_);
    }
    int modes() const override { return 2; }

    /// 0: the upper moon, 1: the lower one.
    int mode_of(double x, double y) const override {
        for (const int moon : {0, 1}) {
            const double side = moon == 0 ? 1 : -1;
            const double up = side * y + 0.25 * radius_;
            const double r = std::hypot(side * x + 0.5 * radius_, up);
            if (std::abs(r - radius_) <= noise_ + kEdgeSlack && up >= -kEdgeSlack) return moon;
        }
        return -1;
    }

  private:
    double noise_;
    double radius_;
};

}  // namespace

PointSetEntry moons() {
    return {"moons",
            "two half rings that reach into each other",
            {{"data.noise", OptionKind::real, "0.1", "half the width of a moon", 0.001, 0.25}},
            [](const Settings& s) -> std::unique_ptr<Dataset> {
                return std::make_unique<Moons>(s.real("data.noise"));
            }};
}

}  // namespace mf
