// SPDX-License-Identifier: MIT
// Pinwheel: arms that leave the middle and bend with the distance from it.
#include "core/vector_math.hpp"
#include "data/point_rows.hpp"
#include "data/point_sets.hpp"

namespace mf {
namespace {

constexpr double kInner = 0.4;  // the arms' radii
constexpr double kOuter = 2.0;
constexpr double kFilled = 0.4;  // share of every circle in between that lies in an arm

// At radius r, arm k covers the angles (k + twist r + filled (b - 1/2)) turns with b in [0, 1]. Turning each
// circle by its own angle leaves areas as they are, so that radius by area and a uniform b give a uniform
// density.
class Pinwheel : public PointDataset {
  public:
    Pinwheel(int arms, double twist) : arms_(arms), twist_(twist) {}

    void draw(float* out, std::int32_t* labels, const Random& random, std::uint64_t first,
              std::int64_t count) const override {
        const auto arms = static_cast<float>(arms_);
        const auto twist = static_cast<float>(twist_);
        const float per_arm = 1.0F / arms;
        draw_point_rows(out, labels, random, first, count, [=](float a, float b, float c) {
            const float r =
                radius_by_area(static_cast<float>(kInner * kInner), static_cast<float>(kOuter * kOuter), a);
            const float inside_arm = (b - 0.5F) * static_cast<float>(kFilled);
            const SinCos angle = sincos_turns(wrap_turns((pick(c, arms) + inside_arm) * per_arm + twist * r));
            return Point{r * angle.cos, r * angle.sin};
        });
    }

    Box view() const override { return {-2.4, 2.4, -2.4, 2.4}; }
    std::optional<bool> contains(double x, double y) const override { return mode_of(x, y) >= 0; }
    std::optional<double> density(double x, double y) const override {
        const double area = kFilled * std::numbers::pi * (kOuter * kOuter - kInner * kInner);
        return mode_of(x, y) < 0 ? 0.0 : 1 / area;
    }
    int modes() const override { return arms_; }

    int mode_of(double x, double y) const override {
        const double r = std::hypot(x, y);
        if (r < kInner - kEdgeSlack || r > kOuter + kEdgeSlack) return -1;
        const double arm = wrap_turns(turns_of(x, y) - twist_ * r) * arms_;
        const double nearest = std::round(arm);
        const double slack = kEdgeSlack * arms_ / r;
        return std::abs(arm - nearest) <= 0.5 * kFilled + slack ? static_cast<int>(nearest) % arms_ : -1;
    }

  private:
    int arms_;
    double twist_;  // turns per unit of radius
};

}  // namespace

PointSetEntry pinwheel() {
    return {
        "pinwheel",
        "bent arms around the middle",
        {{"data.arms", OptionKind::integer, "5", "number of arms", 1, 32},
         {"data.twist", OptionKind::real, "0.15", "turns by which an arm bends per unit of radius", -2, 2}},
        [](const Settings& s) -> std::unique_ptr<Dataset> {
            return std::make_unique<Pinwheel>(static_cast<int>(s.integer("data.arms")), s.real("data.twist"));
        }};
}

}  // namespace mf
