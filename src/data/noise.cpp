// SPDX-License-Identifier: MIT
// Noise in the form of images or latents: what benchmarks of a network train on, whatever its size.
#include "core/rng.hpp"
#include "data/image_sets.hpp"
#include "data/images.hpp"

namespace mf {
namespace {

class Noise final : public ImageDataset {
  public:
    Noise(Shape shape, int classes) : shape_(shape) {
        for (int label = 0; label < classes; ++label) names_.push_back(std::to_string(label));
    }

    Shape sample_shape() const override { return shape_; }
    const std::vector<std::string>& class_names() const override { return names_; }

    void draw(float* out, std::int32_t* labels, const Random& random, std::uint64_t first,
              std::int64_t count) const override {
        random.normal_rows(out, shape_.count(), first, count);
        for (std::int64_t i = 0; labels != nullptr && i < count; ++i)
            labels[i] =
                names_.empty()
                    ? 0
                    : static_cast<std::int32_t>((first + static_cast<std::uint64_t>(i)) % names_.size());
    }
    void stored(float* out, std::int32_t* label, std::int64_t i) const override {
        draw(out, label, Random(0, Stream::evaluation), static_cast<std::uint64_t>(i), 1);
    }

  private:
    Shape shape_;
    std::vector<std::string> names_;
};

std::unique_ptr<Dataset> make_noise(const Settings& settings) {
    const std::int64_t side = settings.integer("data.size"), width = settings.integer("data.width");
    return std::make_unique<Noise>(Shape{side, width == 0 ? side : width, settings.integer("data.channels")},
                                   static_cast<int>(settings.integer("data.classes")));
}

}  // namespace

DatasetEntry noise() {
    return {"noise",
            "independent normal numbers in the form of images or latents, for benchmarks",
            {{"data.size", OptionKind::integer, "32", "side in pixels", 1, 4096},
             {"data.width", OptionKind::integer, "0", "width in pixels; 0: as data.size", 0, 4096},
             {"data.channels", OptionKind::integer, "4", "numbers of a pixel", 1, 4096},
             {"data.classes", OptionKind::integer, "1000", "classes, in turn; 0: no labels", 0, 1'000'000}},
            make_noise};
}

}  // namespace mf
