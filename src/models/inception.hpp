// SPDX-License-Identifier: MIT
// The Inception-v3 network of the Frechet inception distance: that of December 2015, which every published FID refers to
// (Szegedy et al. 2016, "Rethinking the Inception architecture for computer vision"), under the names of the public
// PyTorch port. It differs from today's Inception-v3: average pools leave the padding out of the count, the last block
// pools by the maximum, and there are 1008 classes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ops/context.hpp"
#include "ops/param.hpp"
#include "ops/still_conv.hpp"

namespace mf {

/// What the network makes of B pictures, all f32.
struct InceptionOutput {
    Tensor features;  ///< (B, 2048): the mean over places behind the last block
    Tensor spatial;   ///< (B, 2023): the first 7 channels of the first branch of Mixed_6d, at 17 x 17 places
    Tensor logits_without_bias;  ///< (B, 1008), of which the Inception score is made
    Tensor logits;               ///< (B, 1008)
};

class Inception {
  public:
    static constexpr std::int64_t kSide = 299;           ///< of the pictures
    static constexpr std::int64_t kSpatialChannels = 7;  ///< that the spatial distance looks at

    /// Weights by their public names (`Conv2d_1a_3x3.conv.weight`, ..., `fc.bias`), any float type. Batch norms are folded
    /// into the convolutions. Channels may be other than the published ones, as long as they fit together: networks for
    /// tests. Error names `place` and what is missing, too much or of another shape.
    Inception(const std::map<std::string, Tensor>& weights, const std::string& place, Team& team,
              Precision precision = Precision::f32);

    /// True when these look like weights of this network at all.
    static bool recognises(const std::map<std::string, Tensor>& weights);

    /// Called with the name of a stage ("Conv2d_1a_3x3", "maxpool1", "Mixed_6e", "avgpool", ...) and what it gives:
    /// (B, height, width, channels), in the order of the network.
    using Watch = std::function<void(std::string_view stage, const Tensor& pictures)>;

    /// pictures (B, 299, 299, 3) f32, bytes y as (y - 128) / 128. The row of a picture does not depend on the others.
    InceptionOutput operator()(const Context& context, const Tensor& pictures,
                               const Watch& watch = nullptr) const;

    std::int64_t features() const { return features_; }
    std::int64_t classes() const { return classes_; }
    /// 2023 for the published network.
    std::int64_t spatial() const { return spatial_side() * spatial_side() * kSpatialChannels; }
    static constexpr std::int64_t spatial_side() { return 17; }
    /// Multiply-adds of one picture, times two.
    double flops() const { return flops_; }
    /// True when every size is the published one.
    bool is_published_size() const;

    ParamStore& params() { return params_; }

    /// A convolution with its batch norm folded in; a ReLU follows.
    struct Layer {
        Param* weight;
        Param* bias;
        ConvGeometry geometry;
        TransformedKernel transformed;  ///< where the convolution is faster by it
    };

  private:
    Tensor run_block(const Context& context, std::string_view block, const Tensor& x) const;

    std::map<std::string, Layer, std::less<>> layers_;
    Param* fc_weight_ = nullptr;
    Param* fc_bias_ = nullptr;
    std::int64_t features_ = 0, classes_ = 0;
    double flops_ = 0;
    ParamStore params_;
};

}  // namespace mf
