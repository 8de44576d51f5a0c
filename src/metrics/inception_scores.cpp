// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/error.hpp"
#include "core/rng.hpp"
#include "data/shuffle.hpp"
#include "metrics/feature_statistics.hpp"
#include "metrics/frechet.hpp"
#include "metrics/kernel_distance.hpp"
#include "metrics/precision_recall.hpp"

namespace mf {
namespace {

constexpr int kThird = 3, kSubsets = 100;
constexpr std::int64_t kSubset = 1000;

/// Subset `k` of the rows: a function of its number alone.
std::vector<float> subset(MatrixView x, int k, std::uint64_t side) {
    const Shuffle order(x.rows, side, Stream::evaluation, static_cast<std::uint64_t>(k));
    std::vector<float> out(static_cast<std::size_t>(kSubset * x.cols));
    for (std::int64_t i = 0; i < kSubset; ++i) std::copy_n(x.row(order(i)), x.cols, out.data() + i * x.cols);
    return out;
}

MeanScore kid_of_subsets(MatrixView x, MatrixView y, Team& team) {
    std::vector<double> values;
    MeanScore out;
    for (int k = 0; k < kSubsets; ++k) {
        const std::vector<float> a = subset(x, k, 1), b = subset(y, k, 2);
        values.push_back(kid(as_rows(a, x.cols), as_rows(b, y.cols), team));
        out.mean += values.back() / kSubsets;
    }
    for (const double value : values) out.deviation += (value - out.mean) * (value - out.mean) / kSubsets;
    out.deviation = std::sqrt(out.deviation);
    return out;
}

}  // namespace

InceptionScores score_against(const FeatureSums& images, const FeatureStatistics& reference, Team& team) {
    check(images.plan().features == reference.features.dim(),
          "[fid] the network gives {} features and the reference statistics are of {}; expected the same "
          "layer of "
          "the same network",
          images.plan().features, reference.features.dim());
    InceptionScores out;
    out.n = images.rows();
    out.fid = frechet_distance(images.features(), reference.features, team);
    if (reference.spatial) {
        check(images.plan().spatial == reference.spatial->dim(),
              "[sfid] the network gives {} features with places and the reference statistics are of {}",
              images.plan().spatial, reference.spatial->dim());
        out.sfid = frechet_distance(images.spatial(), *reference.spatial, team);
    }
    const InceptionScore score = images.inception_score();
    out.inception_score = {score.mean, score.std};
    const MatrixView x = images.kept(), y = reference.kept_rows();
    if (x.rows <= kThird || y.rows <= kThird) return out;
    out.kept = std::max(x.rows, y.rows);
    out.kid = kid(x, y, team);
    if (x.rows > kSubset && y.rows > kSubset) out.kid_subsets = kid_of_subsets(x, y, team);
    const PrecisionRecall shares = precision_recall(y, x, kThird, team);
    out.precision = shares.precision;
    out.recall = shares.recall;
    return out;
}

}  // namespace mf
