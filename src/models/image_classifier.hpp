// SPDX-License-Identifier: MIT
// A small classifier of images, whose last features judge generated ones: patches, convolutions with their neighbours
// on two scales, then a few transformer blocks (the project's own arrangement of its layers).
//   P x P patches → w/2 channels → conv blocks → 2 x 2 places joined, w channels → conv blocks → in-context blocks
//   → RMS norm → mean over places (the features) → linear (the logits)
#pragma once

#include <vector>

#include "core/options.hpp"
#include "nn/conv_block.hpp"
#include "nn/in_context_block.hpp"
#include "nn/velocity_model.hpp"
#include "ops/patchify.hpp"

namespace mf {

class ImageClassifier {
  public:
    struct Config {
        std::int64_t height = 32, width = 32, channels = 3;  ///< of an image
        std::int64_t classes = 10;
        std::int64_t patch = 2;        ///< side of a patch; 2 * patch must divide the sides of an image
        std::int64_t hidden = 128;     ///< channels of the second scale, and features
        std::int64_t conv_blocks = 1;  ///< on each of the two scales
        std::int64_t depth = 2;        ///< in-context blocks
        std::int64_t heads = 4;
    };
    explicit ImageClassifier(const Config& config);

    struct Output {
        Dual features;  ///< (rows, hidden)
        Dual logits;    ///< (rows, classes)
    };
    /// x (rows, height * width * channels) f32, values on [-1, 1].
    Output forward(const Context& context, const Dual& x) const;
    /// A function of the seed alone; the last layer is zero.
    void initialise(std::uint64_t seed);

    ParamStore& params() { return params_; }
    const ParamStore& params() const { return params_; }
    const Config& config() const { return config_; }
    std::int64_t pixels() const { return patches_grid_.pixels(); }
    /// Of one forward pass of one image.
    double flops_per_row() const;
    /// Images whose activations fit in the cache of one core.
    std::int64_t tile_rows() const;

    /// classifier.patch, .hidden, .conv_blocks, .depth and .heads.
    static const OptionTable& options();
    /// UsageError when samples are no images, have no classes or sides that the patches do not divide.
    static Config configure(const Settings& settings, const SampleKind& sample);

  private:
    std::int64_t fine_height() const { return config_.height / config_.patch; }
    std::int64_t fine_width() const { return config_.width / config_.patch; }

    Config config_;
    PatchGrid patches_grid_, joining_grid_;
    RopeTable table_;
    ParamStore params_;
    LinearLayer patches_, joining_;
    std::vector<ConvBlock> fine_, coarse_;
    std::vector<InContextBlock> blocks_;
    Param* norm_;
    LinearLayer last_;
};

}  // namespace mf
