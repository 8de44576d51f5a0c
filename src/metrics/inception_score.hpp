// SPDX-License-Identifier: MIT
// Inception score (Salimans et al. 2016, "Improved techniques for training GANs"): how sure a classifier is
// of each image, and how evenly its classes are used.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "metrics/matrix.hpp"

namespace mf {

struct InceptionScore {
    double mean;                   ///< over the parts
    double std;                    ///< over the parts, with divisor K
    std::vector<double> per_part;  ///< (K)
};

/// With p = softmax of a row of `logits` (n, classes): per part exp(mean_i sum_c p (log(p + 1e-10) - log(q +
/// 1e-10))), q the part's mean p. Part k of K holds the rows k n / K up to (k + 1) n / K, rounded down, in
/// the given `order` (row numbers, each once; empty: as they stand). Error for fewer rows than parts, numbers
/// that are not finite, or an order that is none.
InceptionScore inception_score(MatrixView logits, int parts = 10, std::span<const std::int64_t> order = {});

/// numpy's RandomState(seed).permutation(n), by which public evaluation code shuffles the rows first (seed
/// 2020). n below 2^32.
std::vector<std::int64_t> legacy_permutation(std::uint32_t seed, std::int64_t n);

}  // namespace mf
