// SPDX-License-Identifier: MIT
#include "models/image_classifier.hpp"

#include <algorithm>

#include "nn/initial_weights.hpp"
#include "ops/mean_tokens.hpp"
#include "ops/rms_norm.hpp"

namespace mf {
namespace {

ImageClassifier::Config checked(const ImageClassifier::Config& c) {
    check_usage(c.patch > 0 && c.height % (2 * c.patch) == 0 && c.width % (2 * c.patch) == 0,
                "classifier.patch={}: images of {} x {} are no grid of {} x {} pixels (two patches each way)",
                c.patch, c.height, c.width, 2 * c.patch, 2 * c.patch);
    check_usage(c.hidden % 2 == 0 && c.hidden % c.heads == 0 && c.hidden / c.heads % 2 == 0,
                "classifier.hidden={} must be classifier.heads={} times an even number", c.hidden, c.heads);
    return c;
}

/// The smallest patch that leaves at most 8 x 8 places of the second scale (or the largest that the sides allow).
std::int64_t fitting_patch(std::int64_t height, std::int64_t width) {
    std::int64_t patch = 1;
    const auto divides = [&](std::int64_t p) { return height % (2 * p) == 0 && width % (2 * p) == 0; };
    while (height / (2 * patch) * (width / (2 * patch)) > 64 && divides(2 * patch)) patch *= 2;
    return patch;
}

}  // namespace

ImageClassifier::ImageClassifier(const Config& given)
    : config_(checked(given)),
      patches_grid_{given.height, given.width, given.channels, given.patch},
      joining_grid_{fine_height(), fine_width(), given.hidden / 2, 2},
      table_(RopeTable::make(joining_grid_.count(), given.hidden / given.heads)) {
    const std::int64_t wide = config_.hidden, narrow = wide / 2;
    patches_ = LinearLayer::add(params_, "patches", patches_grid_.entries(), narrow, true);
    for (std::int64_t i = 0; i < config_.conv_blocks; ++i)
        fine_.emplace_back(params_, fmt::format("fine.{}", i), narrow, narrow);
    joining_ = LinearLayer::add(params_, "joining", joining_grid_.entries(), wide, true);
    for (std::int64_t i = 0; i < config_.conv_blocks; ++i)
        coarse_.emplace_back(params_, fmt::format("coarse.{}", i), wide, wide);
    for (std::int64_t i = 0; i < config_.depth; ++i)
        blocks_.emplace_back(params_, fmt::format("blocks.{}", i), wide, config_.heads, 5 * wide / 2);
    norm_ = &params_.add("norm.weight", {wide});
    last_ = LinearLayer::add(params_, "last", wide, config_.classes, true);
    params_.freeze();
}

ImageClassifier::Output ImageClassifier::forward(const Context& context, const Dual& images) const {
    Dual x = patches_(context, patchify(context, images, patches_grid_));
    for (const ConvBlock& block : fine_) x = block(context, x, fine_height(), fine_width());
    x = joining_(context, patchify(context, x.reshaped(joining_grid_.pixels()), joining_grid_));
    for (const ConvBlock& block : coarse_) x = block(context, x, fine_height() / 2, fine_width() / 2);
    for (const InContextBlock& block : blocks_) x = block(context, x, table_);
    Output out;
    out.features = mean_tokens(context, rms_norm(context, x, *norm_, DType::f32), joining_grid_.count());
    out.logits = last_(context, out.features);
    return out;
}

void ImageClassifier::initialise(std::uint64_t seed) {
    for (const LinearLayer& layer : {patches_, joining_}) fill_scaled(layer, seed, 1);
    for (const auto* blocks : {&fine_, &coarse_})
        for (const ConvBlock& block : *blocks) block.initialise(seed);
    for (const InContextBlock& block : blocks_) block.initialise(seed, 1);
    fill_constant(*norm_, 1);
    fill_zero(last_);
}

double ImageClassifier::flops_per_row() const {
    const auto fine = static_cast<double>(patches_grid_.count()),
               coarse = static_cast<double>(joining_grid_.count());
    double sum = fine * patches_.flops() + coarse * joining_.flops() + last_.flops();
    for (const ConvBlock& block : fine_) sum += fine * block.flops();
    for (const ConvBlock& block : coarse_) sum += coarse * block.flops();
    for (const InContextBlock& block : blocks_) sum += coarse * block.flops(joining_grid_.count());
    return sum;
}

std::int64_t ImageClassifier::tile_rows() const {
    // What the convolutions of the first scale read is by far the largest: 9 (hidden / 2) numbers a place.
    const std::int64_t row = patches_grid_.count() * 9 * config_.hidden / 2;
    return std::clamp<std::int64_t>(1'200'000 / std::max<std::int64_t>(row, 1), 1, 64);
}

const OptionTable& ImageClassifier::options() {
    static const OptionTable table = {
        {"classifier.patch", OptionKind::integer, "0",
         "side of the patches that images are cut into; 0: what leaves about 8 x 8 places", 0, 256},
        {"classifier.hidden", OptionKind::integer, "128", "channels, and numbers of a feature vector", 4,
         4096},
        {"classifier.conv_blocks", OptionKind::integer, "1", "convolution blocks on each of two scales", 0,
         64},
        {"classifier.depth", OptionKind::integer, "2", "transformer blocks", 0, 64},
        {"classifier.heads", OptionKind::integer, "4", "attention heads", 1, 256},
    };
    return table;
}

ImageClassifier::Config ImageClassifier::configure(const Settings& settings, const SampleKind& sample) {
    check_usage(sample.shape.rank() == 3,
                "a classifier is for images (height, width, channels); samples are {}", sample.shape);
    if (sample.classes < 2)
        throw UsageError(
            fmt::format("a classifier needs at least two classes; this data set has {}", sample.classes),
            "in a folder of images every sub-folder is a class");
    Config out;
    out.height = sample.shape[0], out.width = sample.shape[1], out.channels = sample.shape[2];
    out.classes = sample.classes;
    out.patch = settings.integer("classifier.patch");
    if (out.patch == 0) out.patch = fitting_patch(out.height, out.width);
    out.hidden = settings.integer("classifier.hidden");
    out.conv_blocks = settings.integer("classifier.conv_blocks");
    out.depth = settings.integer("classifier.depth");
    out.heads = settings.integer("classifier.heads");
    return out;
}

}  // namespace mf
