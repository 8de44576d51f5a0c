// SPDX-License-Identifier: MIT
// Circles: two concentric rings of equal mass, each uniform over its area.
#include "core/vector_math.hpp"
#include "data/point_rows.hpp"
#include "data/point_sets.hpp"

namespace mf {
namespace {

class Circles : public PointDataset {
  public:
    Circles(double factor, double noise) : noise_(noise), radius_{2 - noise, (2 - noise) * factor} {
        check_usage(radius_[0] - radius_[1] > 2 * noise && radius_[1] > noise,
                    "[circles] rings of half-width data.noise={} overlap at data.factor={}", noise, factor);
    }

    void draw(float* out, std::int32_t* labels, const Random& random, std::uint64_t first,
              std::int64_t count) const override {
        const auto w = static_cast<float>(noise_);
        const auto outer = static_cast<float>(radius_[0]);
        const auto inner = static_cast<float>(radius_[1]);
        draw_point_rows(out, labels, random, first, count, [=](float a, float b, float c) {
            const float middle = c < 0.5F ? outer : inner;
            const float r = radius_by_area((middle - w) * (middle - w), (middle + w) * (middle + w), b);
            const SinCos angle = sincos_turns(a);
            return Point{r * angle.cos, r * angle.sin};
        });
    }

    Box view() const override { return {-2.4, 2.4, -2.4, 2.4}; }
    std::optional<bool> contains(double x, double y) const override { return mode_of(x, y) >= 0; }
    std::optional<double> density(double x, double y) const override {
        const int ring = mode_of(x, y);
        // Half the mass over the ring's area, 2 pi radius * 2 noise.
        return ring < 0 ? 0.0 : 0.5 / (4 * std::numbers::pi * radius_[ring] * noise_);
    }
    int modes() const override { return 2; }

    /// 0: the outer ring, 1: the inner one.
    int mode_of(double x, double y) const override {
        const double r = std::hypot(x, y);
        for (int ring = 0; ring < 2; ++ring)
            if (std::abs(r - radius_[ring]) <= noise_ + kEdgeSlack) return ring;
        return -1;
    }

  private:
    double noise_;
    double radius_[2];
};

}  // namespace

PointSetEntry circles() {
    return {"circles",
            "two concentric rings",
            {{"data.factor", OptionKind::real, "0.5", "radius of the inner ring as a share of the outer",
              0.05, 0.95},
             {"data.noise", OptionKind::real, "0.1", "half the width of a ring", 0.001, 0.5}},
            [](const Settings& s) -> std::unique_ptr<Dataset> {
                return std::make_unique<Circles>(s.real("data.factor"), s.real("data.noise"));
            }};
}

}  // namespace mf
