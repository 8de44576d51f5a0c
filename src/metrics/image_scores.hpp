// SPDX-License-Identifier: MIT
// How well generated images match the data set, by a classifier that was trained on it and by none.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/team.hpp"
#include "data/images.hpp"
#include "metrics/matrix.hpp"
#include "models/classify.hpp"

namespace mf {

/// Two sets of features against each other.
struct FeatureScores {
    double fid = 0;                    ///< Frechet distance of Gaussians
    double kid = 0;                    ///< unbiased; may be a little below 0
    double precision = 0, recall = 0;  ///< with the third nearest neighbour
};

/// generated: (n, d), real: (m, d); n, m >= 4.
FeatureScores score_features(MatrixView generated, MatrixView real, Team& team);

/// What needs a judge is empty without one.
struct ImageScores {
    std::optional<double> accuracy;         ///< share of images that the judge takes for their asked class
    std::optional<FeatureScores> features;  ///< in the judge's features
    std::optional<double>
        class_score;        ///< the inception score's formula with the judge's classes, in one part
    double swd_pixels = 0;  ///< sliced Wasserstein-2 of the images, 128 fixed random unit directions
    double swd_random = 0;  ///< the same of their random features (metrics/random_features.hpp)
    std::int64_t n = 0;     ///< images scored
};

/// Real images to compare with, and whatever of them is needed, computed once.
class ImageReference {
  public:
    /// Takes 2 count images of the data set (all when it has fewer), in an order that a fixed shuffle gives: the first
    /// half to compare with, the second half for the floor. `judge` null: what needs no judge; otherwise it must
    /// outlive this object and fit the images. Error when a half has fewer than 4 images.
    /// `judge_labels`: the judge's label of each class of the data; empty: they are the same.
    ImageReference(const ImageDataset& data, const ImageClassifier* judge, std::int64_t count, Team& team,
                   std::vector<std::int32_t> judge_labels = {});

    /// images (n, H W C), judged as a picture of 8 bits shows them: cut to [-1, 1] and rounded, like the real ones (of one or
    /// three channels; others are no pictures and stay as they are). labels (n) or empty. Labels that are no class count as wrong. Error names the first row that is
    /// not finite.
    ImageScores score(std::span<const float> images, std::span<const std::int32_t> labels, Team& team) const;
    /// The second half of the real images in the place of generated ones: what a perfect model would get.
    ImageScores floor(Team& team) const;
    /// Images that others are compared with.
    std::int64_t count() const { return count_; }

  private:
    const ImageClassifier* judge_;
    std::vector<std::int32_t> judge_labels_;
    Shape shape_;
    std::int64_t count_;
    std::vector<float> images_, others_;
    std::vector<std::int32_t> other_labels_;
    std::vector<float> random_;  ///< random features of images_
    Classified classified_;      ///< of images_
};

}  // namespace mf
