// SPDX-License-Identifier: MIT
// Statistics of features in files, as public evaluation code keeps them, and the scores of images against them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "metrics/feature_sums.hpp"
#include "metrics/gaussian_fit.hpp"

namespace mf {

/// What is known of the images that others are compared with.
struct FeatureStatistics {
    Gaussian features;
    std::optional<Gaussian> spatial;
    std::vector<float> kept;       ///< (m, features.dim()): features of some images; empty: unknown
    std::int64_t count = 0;        ///< images; 0: unknown
    std::string mean_name = "mu";  ///< what the file calls the mean: "mu", or "ref_mu"
    std::map<std::string, std::string> about;  ///< of files of ours: how they were made

    MatrixView kept_rows() const { return as_rows(kept, features.dim()); }
};

/// True for an .npz with the arrays of statistics.
bool holds_statistics(const std::filesystem::path& path);

/// From an .npz: `mu` and `sigma`, or `ref_mu` and `ref_sigma`; `mu_s` and `sigma_s`, `features`, `count` and `about` where
/// they are there. Error, listing what is there, when the arrays are others, when sizes do not fit, and for numbers that are
/// not finite and covariances that are not symmetric.
FeatureStatistics read_statistics(const std::filesystem::path& path);

/// Writes the same atomically, in double precision: readable by every program that reads `mu` and `sigma`.
void write_statistics(const std::filesystem::path& path, const FeatureStatistics& statistics);

/// Those of images that have all passed.
FeatureStatistics statistics_of(const FeatureSums& sums);

/// A mean and the deviation over parts or subsets.
struct MeanScore {
    double mean = 0, deviation = 0;
};

/// Unknown things are empty.
struct InceptionScores {
    double fid = 0;
    std::optional<double> sfid;  ///< FID of the features with places
    MeanScore inception_score;   ///< over parts
    std::optional<double> kid;   ///< of all features that were kept
    std::optional<MeanScore>
        kid_subsets;  ///< over 100 random subsets of 1000, where there are more than those
    std::optional<double> precision, recall;  ///< third neighbours, of the features that were kept
    std::int64_t n = 0;                       ///< images
    std::int64_t kept =
        0;  ///< of which the kernel distance, precision and recall are made; so many of both at most
};

/// Error when the numbers of features differ.
InceptionScores score_against(const FeatureSums& images, const FeatureStatistics& reference, Team& team);

}  // namespace mf
