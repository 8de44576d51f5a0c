// SPDX-License-Identifier: MIT
// Everything that the scores of many images need, while the images pass by: memory does not grow with their number.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "metrics/gaussian_fit.hpp"
#include "metrics/inception_score_sums.hpp"

namespace mf {

struct FeaturePlan {
    std::int64_t total = 0;     ///< images that will come
    std::int64_t features = 0;  ///< of the pooled vector
    std::int64_t spatial = 0;   ///< of the vector with places
    std::int64_t classes = 0;
    std::int64_t kept =
        10000;       ///< images whose features are kept, for kernel distance, precision and recall: the first
    int parts = 10;  ///< of the inception score; 1 for fewer images than parts
    bool permuted = true;  ///< parts are made of shuffled images
};

/// Features of some images, a row each.
struct FeatureRows {
    MatrixView features, spatial, logits;
};

class FeatureSums {
  public:
    explicit FeatureSums(const FeaturePlan& plan);

    /// Error, before anything is added, for a number that is not finite (with its row) and beyond plan.total.
    void add(const FeatureRows& rows, Team& team);
    std::int64_t rows() const { return features_.rows(); }
    const FeaturePlan& plan() const { return plan_; }
    bool complete() const { return rows() == plan_.total; }

    Gaussian features() const { return features_.finish(); }
    Gaussian spatial() const { return spatial_.finish(); }
    InceptionScore inception_score() const { return score_.finish(); }
    MatrixView kept() const { return as_rows(kept_, plan_.features); }

    /// All of it, to go on from.
    std::map<std::string, Tensor> save() const;
    /// What `save` gave for the same plan. Error naming `place` otherwise.
    void load(const std::map<std::string, Tensor>& tensors, const std::string& place);

  private:
    FeaturePlan plan_;
    GaussianFit features_, spatial_;
    InceptionScoreSums score_;
    std::vector<float> kept_;
};

}  // namespace mf
