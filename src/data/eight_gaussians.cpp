// SPDX-License-Identifier: MIT
// Eight Gaussians: round bells of equal mass, evenly spaced on a circle.
#include "core/vector_math.hpp"
#include "data/point_rows.hpp"
#include "data/point_sets.hpp"

namespace mf {
namespace {

constexpr int kBells = 8;

class EightGaussians : public PointDataset {
  public:
    EightGaussians(double radius, double std) : radius_(radius), std_(std) {}

    void draw(float* out, std::int32_t* labels, const Random& random, std::uint64_t first,
              std::int64_t count) const override {
        constexpr std::int64_t chunk = 64;
        const auto radius = static_cast<float>(radius_);
        const auto std = static_cast<float>(std_);
        float which[chunk], nx[chunk], ny[chunk], xy[2 * chunk];
        for (std::int64_t at = 0; at < count; at += chunk) {
            // The normals use the first two of a row's four words; the third picks the bell.
            const std::uint64_t index = first + static_cast<std::uint64_t>(at);
            random.normals(nx, ny, index, chunk);
            random.uniforms(nullptr, nullptr, which, nullptr, index, chunk);
            for (std::int64_t i = 0; i < chunk; ++i) {
                const SinCos angle = sincos_turns(pick(which[i], kBells) * (1.0F / kBells));
                xy[2 * i] = radius * angle.cos + std * nx[i];
                xy[2 * i + 1] = radius * angle.sin + std * ny[i];
            }
            std::copy_n(xy, 2 * std::min(chunk, count - at), out + 2 * at);
        }
        if (labels != nullptr) std::fill_n(labels, count, 0);
    }

    Box view() const override {
        const double half = std::max(2.4, radius_ + 4 * std_);
        return {-half, half, -half, half};
    }
    std::optional<double> density(double x, double y) const override {
        double sum = 0;
        for (int k = 0; k < kBells; ++k) sum += std::exp(-square_to(k, x, y) / (2 * std_ * std_));
        return sum / (kBells * 2 * std::numbers::pi * std_ * std_);
    }
    int modes() const override { return kBells; }

    /// The nearest bell, counted anticlockwise from (radius, 0); -1 beyond four standard deviations of it.
    int mode_of(double x, double y) const override {
        const double turns = turns_of(x, y);
        const int nearest = static_cast<int>(std::lround(turns * kBells)) % kBells;
        return square_to(nearest, x, y) <= 16 * std_ * std_ ? nearest : -1;
    }

  private:
    double square_to(int bell, double x, double y) const {
        const double angle = 2 * std::numbers::pi * bell / kBells;
        const double dx = x - radius_ * std::cos(angle);
        const double dy = y - radius_ * std::sin(angle);
        return dx * dx + dy * dy;
    }

    double radius_;
    double std_;
};

}  // namespace

PointSetEntry eight_gaussians() {
    return {"eight_gaussians",
            "eight round bells on a circle",
            {{"data.radius", OptionKind::real, "1.6", "radius of the circle", 0.01, 100},
             {"data.std", OptionKind::real, "0.12", "standard deviation of a bell", 0.001, 100}},
            [](const Settings& s) -> std::unique_ptr<Dataset> {
                return std::make_unique<EightGaussians>(s.real("data.radius"), s.real("data.std"));
            }};
}

}  // namespace mf
