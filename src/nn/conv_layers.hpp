// SPDX-License-Identifier: MIT
// Layers on pictures (B, H, W, C): parameters under the names that checkpoints use.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ops/group_norm.hpp"
#include "ops/still_conv.hpp"

namespace mf {

struct ConvLayer {
    Param* weight = nullptr;
    Param* bias = nullptr;
    ConvGeometry geometry = {};
    TransformedKernel transformed = nullptr;  ///< after `prepare`, where that is faster

    /// Adds `name`.weight (out, in, kernel, kernel) and `name`.bias (out).
    static ConvLayer add(ParamStore& params, const std::string& name, std::int64_t in, std::int64_t out,
                         std::int64_t kernel, const ConvGeometry& geometry = {});
    /// One that keeps height and width; `kernel` is odd.
    static ConvLayer same(ParamStore& params, const std::string& name, std::int64_t in, std::int64_t out,
                          std::int64_t kernel);
    Dual operator()(const Context& context, const Dual& x) const {
        return conv2d(context, x, *weight, bias, geometry);
    }
    /// For inference: chooses how the kernel is kept (ops/still_conv.hpp). To be called before ParamStore::repack;
    /// afterwards only `still` and `enlarged` may be used. `upsampling`: for `enlarged`.
    void prepare(Team& team, Precision precision, bool upsampling = false);
    /// y = w * x + b (+ residual), of the same bits as operator() unless the kernel is kept transformed.
    Tensor still(const Context& context, const Tensor& x, const Tensor* residual = nullptr) const {
        return conv2d_still(context, x, *weight, bias, geometry,
                            {.transformed = transformed, .residual = residual});
    }
    /// The same of x at twice its size. 3x3 and `same` only.
    Tensor enlarged(const Context& context, const Tensor& x) const {
        return upsample_conv_still(context, x, *weight, bias, transformed);
    }
    /// Multiply-adds for one pixel of the result, times two.
    double flops() const { return 2.0 * static_cast<double>(weight->shape.count()); }
};

/// Statistics of group norms over a picture that is computed part by part. Each part runs through the same norms in the same
/// order; what they find in the parts is gathered, and in the next round they norm by it.
class NormBook {
  public:
    /// A part begins: its pixels [y0, y1) x [x0, x1), of `height` rows in all, are its own, the others are its neighbours'.
    void begin_part(std::int64_t height, std::int64_t y0, std::int64_t y1, std::int64_t x0, std::int64_t x1);
    /// What the parts of this round have in common becomes what the next one norms by. Returns how far it is from what this
    /// round normed by, in deviations: the largest of any norm and channel, infinity after the first round. Norm k is exact
    /// when all before it were, so that as many rounds as there are norms leave nothing.
    double end_round();
    /// The statistics to norm `x` by: of the last round, or in the first those of the part.
    GroupStatistics next(const Context& context, const Tensor& x, int groups, float eps);

  private:
    struct Sums {
        double count = 0;
        std::vector<double> mean,
            square;  ///< sums over pixels, by channel: of the group's mean and mean square
        /// Mean and deviation.
        std::pair<double, double> statistics(std::size_t channel) const;
    };
    std::vector<Sums> known_, found_;
    std::size_t norm_ = 0;
    std::int64_t height_ = 1, y0_ = 0, y1_ = 1, x0_ = 0, x1_ = 1;
};

struct GroupNormLayer {
    Param* weight = nullptr;
    Param* bias = nullptr;
    int groups = 32;
    float eps = 1e-6F;

    /// Adds `name`.weight and `name`.bias (channels).
    static GroupNormLayer add(ParamStore& params, const std::string& name, std::int64_t channels,
                              std::int64_t groups);
    /// `book`: null, or what norms the parts of a picture alike; then values only.
    Dual operator()(const Context& context, const Dual& x, bool silu, NormBook* book = nullptr) const;
};

}  // namespace mf
