// SPDX-License-Identifier: MIT
// Mean and covariance of features that arrive a few rows at a time and are not kept.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/team.hpp"
#include "metrics/matrix.hpp"
#include "metrics/product_f64.hpp"
#include "tensor/tensor.hpp"

namespace mf {

/// Mean (d) and covariance (d, d), row-major, symmetric, with divisor n - 1.
struct Gaussian {
    std::vector<double> mean;
    std::vector<double> covariance;

    std::int64_t dim() const { return static_cast<std::int64_t>(mean.size()); }
};

/// Running sums in double precision. Rows are taken in blocks of a fixed number, so that the numbers, to the last bit, do
/// not depend on the portions in which they came, on the threads, or on having been saved and loaded in between.
class GaussianFit {
  public:
    explicit GaussianFit(std::int64_t dim);

    /// Error when `x` does not have `dim` columns, and, with the row counted from the first ever added, when
    /// a number is not finite (nothing is added then).
    void add(MatrixView x, Team& team);
    std::int64_t rows() const { return rows_; }
    std::int64_t dim() const { return dim_; }
    /// Error below two rows.
    Gaussian finish() const;

    /// Everything that is known so far, as tensors under names that begin with `prefix`.
    void save(std::map<std::string, Tensor>& tensors, const std::string& prefix) const;
    /// Goes on from what `save` wrote for as many features. Error, naming `place`, when something is missing or has another
    /// size; nothing changes then.
    void load(const std::map<std::string, Tensor>& tensors, const std::string& prefix,
              const std::string& place);

  private:
    void add_waiting(Team& team);

    std::int64_t dim_;
    std::int64_t rows_ = 0;
    std::vector<float> waiting_;  // rows of a block that is not complete
    std::vector<double>
        shift_;  // about the mean (that of the first block), so that the sums below lose no digits
    std::vector<double> sum_;       // of x - shift
    std::vector<double> products_;  // of (x - shift) (x - shift)^T, row-major; the lower triangle counts
    PanelsF64 panels_;              // of the block
};

/// x: (n, d), n >= 2.
Gaussian fit_gaussian(MatrixView x, Team& team);

}  // namespace mf
