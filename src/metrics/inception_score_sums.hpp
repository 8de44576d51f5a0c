// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "metrics/inception_score.hpp"
#include "tensor/tensor.hpp"

namespace mf {

/// The inception score of images that come one after the other and are not kept. How many there will be is known before,
/// so that each image's part is: the same numbers as `inception_score` of all of them.
class InceptionScoreSums {
  public:
    /// `parts` consecutive parts of `total` images as they come, or, `permuted`, in the order of legacy_permutation(2020).
    InceptionScoreSums(std::int64_t classes, std::int64_t total, int parts, bool permuted);

    /// The logits of the next images (n, classes). Error beyond `total`, and for numbers that are not finite.
    void add(MatrixView logits);
    std::int64_t rows() const { return rows_; }
    /// Error before all have come.
    InceptionScore finish() const;

    void save(std::map<std::string, Tensor>& tensors, const std::string& prefix) const;
    /// Goes on from what `save` wrote for the same plan. Error naming `place` otherwise.
    void load(const std::map<std::string, Tensor>& tensors, const std::string& prefix,
              const std::string& place);

  private:
    std::int64_t classes_, total_, rows_ = 0;
    int parts_;
    std::vector<std::uint8_t> part_of_;  ///< of each image
    std::vector<double> own_;            ///< (parts): sums of p log p
    std::vector<double> shared_;         ///< (parts, classes): sums of p
};

}  // namespace mf
