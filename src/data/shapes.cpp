// SPDX-License-Identifier: MIT
// Shapes: a coloured figure of one of ten kinds before a ground of another colour. Drawn on the fly, without end; the
// class-conditional images for which nothing need be downloaded. How freely size, place, turn and colours vary is chosen:
// by default so little that ten classes are learnt in minutes.
#include <algorithm>

#include <fmt/ranges.h>

#include "core/error.hpp"
#include "data/class_choice.hpp"
#include "data/image_sets.hpp"
#include "data/images.hpp"
#include "data/oklch.hpp"
#include "data/shape_kinds.hpp"

namespace mf {
namespace {

constexpr int kMostSide = 256;
constexpr float kReach =
    0.92F;  ///< no figure goes further from the middle: a margin of one pixel and more at 32 x 32

/// How freely a picture is drawn.
struct Freedom {
    float least_radius, most_radius;
    float shift;  ///< share of the room for the figure's middle that is used
    float turn;   ///< share of a whole turn, half of it to either side of upright
    bool any_colours;
};

/// A colour that changes evenly along a direction: at (x, y) it is start + (x, y)-step, on [-1, 1].
struct Shading {
    Rgb start, along_x, along_y;
};

/// Everything that makes one picture.
struct Scene {
    std::int32_t label;
    float x, y;  ///< middle of the figure; the picture is [-1, 1]^2
    float radius;
    SinCos turn;
    Shading ground, figure;
};

/// From `low` to `high` over `reach` to both sides of (x, y) in the direction of `turn`.
Shading shading(const Rgb& low, const Rgb& high, float x, float y, const SinCos& turn, float reach) {
    Shading out{};
    for (std::size_t c = 0; c < 3; ++c) {
        const float slope = (high[c] - low[c]) / reach;  // on [-1, 1] a channel spans 2, to both sides
        out.along_x[c] = slope * turn.cos;
        out.along_y[c] = slope * turn.sin;
        out.start[c] = high[c] + low[c] - 1.0F - out.along_x[c] * x - out.along_y[c] * y;
    }
    return out;
}

/// Uniform numbers of one picture, one after the other.
class Numbers {
  public:
    Numbers(const Random& random, std::uint64_t index) : random_(random), index_(index) {}
    float next() {
        if (used_ == words_.size()) {
            words_ = philox(random_.seed(), random_.stream(), index_, block_++);
            used_ = 0;
        }
        return to_unit(words_[used_++]);
    }
    float between(float low, float high) { return low + (high - low) * next(); }

  private:
    const Random& random_;
    std::uint64_t index_;
    std::uint32_t block_ = 0;
    std::array<std::uint32_t, 4> words_{};
    std::size_t used_ = 4;
};

/// What a gray picture shows of a colour, in all three places (ITU-R BT.601).
Rgb gray(const Rgb& colour) {
    const float luma = 0.299F * colour[0] + 0.587F * colour[1] + 0.114F * colour[2];
    return {luma, luma, luma};
}

struct Colours {
    Shading ground, figure;
};

/// A light figure on a dark ground or the other way round, lit from anywhere; weak colours for the ground, strong ones
/// for the figure.
template <class Colour>
Colours any_colours(Numbers& numbers, const Scene& scene, const Colour& colour) {
    const bool dark_ground = numbers.next() < 0.5F;
    const float ground = dark_ground ? numbers.between(0.2F, 0.42F) : numbers.between(0.78F, 0.93F);
    const float figure = dark_ground ? numbers.between(0.68F, 0.88F) : numbers.between(0.4F, 0.62F);
    const float ground_chroma = numbers.between(0.01F, 0.07F), ground_hue = numbers.next();
    const float figure_chroma = numbers.between(0.1F, 0.19F), figure_hue = numbers.next();
    const SinCos light = sincos_turns(numbers.next());
    return {shading(colour(ground - 0.05F, ground_chroma, ground_hue),
                    colour(ground + 0.05F, ground_chroma, ground_hue), 0, 0, light, 1.42F),
            shading(colour(figure - 0.07F, figure_chroma, figure_hue),
                    colour(figure + 0.07F, figure_chroma, figure_hue), scene.x, scene.y, light,
                    1.1F * scene.radius)};
}

/// One hue for the whole picture: a light figure, lit from above, on a dark ground of the opposite colour.
template <class Colour>
Colours one_hue(Numbers& numbers, const Scene& scene, const Colour& colour) {
    const float hue = numbers.next(), opposite = hue < 0.5F ? hue + 0.5F : hue - 0.5F;
    const SinCos above{.sin = -1, .cos = 0};
    return {
        shading(colour(0.21F, 0.04F, opposite), colour(0.31F, 0.04F, opposite), 0, 0, above, 1),
        shading(colour(0.69F, 0.14F, hue), colour(0.83F, 0.14F, hue), scene.x, scene.y, above, scene.radius)};
}

Scene scene_of(const Random& random, std::uint64_t index, int classes, const Freedom& freedom,
               bool coloured) {
    Numbers numbers(random, index);
    Scene scene{};
    scene.label = std::min(static_cast<int>(numbers.next() * static_cast<float>(classes)), classes - 1);
    scene.radius = numbers.between(freedom.least_radius, freedom.most_radius);
    const float room = (kReach - scene.radius) * freedom.shift;
    scene.x = numbers.between(-room, room);
    scene.y = numbers.between(-room, room);
    scene.turn = sincos_turns(0.5F + freedom.turn * (numbers.next() - 0.5F));  // drawn head down: half a turn
    const auto colour = [&](float lightness, float chroma, float hue) {
        const Rgb rgb = from_oklch(lightness, chroma, hue);
        return coloured ? rgb : gray(rgb);
    };
    const Colours colours =
        freedom.any_colours ? any_colours(numbers, scene, colour) : one_hue(numbers, scene, colour);
    scene.ground = colours.ground;
    scene.figure = colours.figure;
    return scene;
}

/// One row of one channel, `out` every `stride`-th: the figure before the ground.
void blend_row(float* out, int stride, const float* covered, int side, float ground, float ground_step,
               float figure, float figure_step) {
    for (int i = 0; i < side; ++i) {
        const auto step = static_cast<float>(i);
        const float behind = ground + step * ground_step, before = figure + step * figure_step;
        const float colour = behind + covered[i] * (before - behind);
        out[i * stride] = std::min(std::max(colour, -1.0F), 1.0F);
    }
}

/// Picture (side, side, channels). An edge is as sharp as one pixel: how much of a pixel the figure covers is taken
/// from the distance of the pixel's middle.
void paint(float* out, const Scene& scene, const ShapeKind& kind, int side, int channels) {
    float covered[kMostSide];
    const float pixel = 2.0F / static_cast<float>(side), first = 0.5F * pixel - 1.0F;
    const float scale = 1.0F / scene.radius, sharpness = scene.radius / pixel;
    const auto [sine, cosine] = scene.turn;
    for (int row = 0; row < side; ++row) {
        const float y = first + static_cast<float>(row) * pixel;
        const float right = (first - scene.x) * scale, down = (y - scene.y) * scale;
        kind.distances(covered, cosine * right + sine * down, cosine * down - sine * right,
                       cosine * pixel * scale, -sine * pixel * scale, side);
        for (int i = 0; i < side; ++i)
            covered[i] = std::min(std::max(0.5F - covered[i] * sharpness, 0.0F), 1.0F);
        for (int c = 0; c < channels; ++c) {
            const auto at = [&](const Shading& s) {
                const auto k = static_cast<std::size_t>(c);
                return s.start[k] + first * s.along_x[k] + y * s.along_y[k];
            };
            const auto k = static_cast<std::size_t>(c);
            blend_row(out + c, channels, covered, side, at(scene.ground), scene.ground.along_x[k] * pixel,
                      at(scene.figure), scene.figure.along_x[k] * pixel);
        }
        out += std::ptrdiff_t{side} * channels;
    }
}

class Shapes : public ImageDataset {
  public:
    Shapes(int side, int channels, const Freedom& freedom, const ClassChoice& choice)
        : side_(side),
          channels_(channels),
          freedom_(freedom),
          names_(choice.names),
          kinds_(choice.names.size()) {
        for (std::size_t k = 0; k < choice.label_of.size(); ++k)
            if (choice.label_of[k] >= 0)
                kinds_[static_cast<std::size_t>(choice.label_of[k])] = shape_kinds()[k];
    }

    Shape sample_shape() const override { return {side_, side_, channels_}; }
    const std::vector<std::string>& class_names() const override { return names_; }

    void draw(float* out, std::int32_t* labels, const Random& random, std::uint64_t first,
              std::int64_t count) const override {
        for (std::int64_t k = 0; k < count; ++k) {
            const Scene scene =
                scene_of(random, first + static_cast<std::uint64_t>(k), classes(), freedom_, channels_ == 3);
            paint(out, scene, kinds_[static_cast<std::size_t>(scene.label)], side_, channels_);
            out += std::ptrdiff_t{side_} * side_ * channels_;
            if (labels != nullptr) labels[k] = scene.label;
        }
    }

    /// An endless set keeps nothing; picture i of a seed of its own stands for it.
    void stored(float* out, std::int32_t* label, std::int64_t i) const override {
        draw(out, label, Random(0, Stream::evaluation), static_cast<std::uint64_t>(i), 1);
    }

  private:
    int side_, channels_;
    Freedom freedom_;
    std::vector<std::string> names_;
    std::vector<ShapeKind> kinds_;  // by label
};

Freedom freedom_of(const Settings& settings) {
    const std::vector<double> sizes = settings.reals("data.sizes");
    if (sizes.size() != 2 || sizes[0] > sizes[1])
        throw UsageError(
            fmt::format("data.sizes: '{}' is not the smallest and the largest radius, as 0.6,0.8",
                        fmt::join(sizes, ",")),
            "radii are shares of half the side, 0.92 at most");
    return {static_cast<float>(sizes[0]), static_cast<float>(sizes[1]),
            static_cast<float>(settings.real("data.shift")), static_cast<float>(settings.real("data.turn")),
            settings.text("data.colours") == "any"};
}

std::unique_ptr<Dataset> make_shapes(const Settings& settings) {
    std::vector<std::string> names;
    for (const ShapeKind& kind : shape_kinds()) names.emplace_back(kind.name);
    return std::make_unique<Shapes>(static_cast<int>(settings.integer("data.size")),
                                    settings.text("data.channels") == "1" ? 1 : 3, freedom_of(settings),
                                    choose_classes(names, settings.text("data.classes")));
}

}  // namespace

DatasetEntry shapes() {
    return {
        "shapes",
        "images of ten kinds of figures, drawn on the fly",
        {{"data.size", OptionKind::integer, "32", "side in pixels", 4, kMostSide},
         {.key = "data.channels",
          .kind = OptionKind::text,
          .initial = "3",
          .help = "1: gray, 3: red, green, blue",
          .choices = {"1", "3"}},
         {"data.classes", OptionKind::text, "",
          "kinds to draw, by name or number, separated by commas, in the order of their labels; none given: "
          "all"},
         {.key = "data.sizes",
          .kind = OptionKind::reals,
          .initial = "0.6,0.8",
          .help = "radii of the smallest and the largest figure, as shares of half the side",
          .least = 0.1,
          .most = 0.92},
         {.key = "data.shift",
          .kind = OptionKind::real,
          .initial = "0.5",
          .help = "how far from the middle figures lie: 0 in it, 1 as far as the edge allows",
          .least = 0,
          .most = 1},
         {.key = "data.turn",
          .kind = OptionKind::real,
          .initial = "0.12",
          .help = "share of a whole turn by which figures are turned, half of it to either side; 1: any way",
          .least = 0,
          .most = 1},
         {.key = "data.colours",
          .kind = OptionKind::text,
          .initial = "hue",
          .help = "hue: a light figure of any hue on a dark ground of the opposite one; any: all of both are "
                  "free",
          .choices = {"hue", "any"}}},
        make_shapes};
}

}  // namespace mf
