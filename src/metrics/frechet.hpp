// SPDX-License-Identifier: MIT
// Frechet distance of two sets of features, each taken as a Gaussian (Heusel et al. 2017, "GANs trained by a
// two time-scale update rule converge to a local Nash equilibrium"). With features of the Inception network:
// FID.
//
//     |mu_a - mu_b|^2 + tr(S_a) + tr(S_b) - 2 tr((S_a S_b)^(1/2))
#pragma once

#include <cstdint>
#include <vector>

#include "core/team.hpp"
#include "metrics/matrix.hpp"

namespace mf {

/// Mean (d) and covariance (d, d), row-major, symmetric, with divisor n - 1.
struct Gaussian {
    std::vector<double> mean;
    std::vector<double> covariance;

    std::int64_t dim() const { return static_cast<std::int64_t>(mean.size()); }
};

/// Mean and covariance of rows that arrive in portions, in double precision; the rows need not be kept. One
/// portion or many give the same numbers but for rounding.
class GaussianFit {
  public:
    explicit GaussianFit(std::int64_t dim);

    /// Error when `x` does not have `dim` columns, and, with the row counted from the first ever added, when
    /// a number is not finite (nothing is added then).
    void add(MatrixView x, Team& team);
    std::int64_t rows() const { return rows_; }
    /// Error below two rows.
    Gaussian finish() const;

  private:
    void add_products(const std::vector<double>& centred, std::int64_t rows, Team& team);

    std::int64_t dim_;
    std::int64_t rows_ = 0;
    std::vector<double> shift_;     // about the mean, so that the sums below lose no digits
    std::vector<double> sum_;       // of x - shift
    std::vector<double> products_;  // of (x - shift) (x - shift)^T, lower triangle, column-major
};

/// x: (n, d), n >= 2.
Gaussian fit_gaussian(MatrixView x, Team& team);

/// The terms of the distance.
struct FrechetTerms {
    double mean;        ///< |mu_a - mu_b|^2
    double trace_a;     ///< tr(S_a)
    double trace_b;     ///< tr(S_b)
    double trace_sqrt;  ///< tr((S_a S_b)^(1/2))

    double distance() const { return mean + trace_a + trace_b - 2 * trace_sqrt; }
};

/// Works for singular covariances (fewer samples than features) too. Error when sizes differ, a number is not
/// finite, or S_a is not positive semi-definite. Note that the distance of few samples is biased upwards:
/// compare like with like.
FrechetTerms frechet_terms(const Gaussian& a, const Gaussian& b);
double frechet_distance(const Gaussian& a, const Gaussian& b);
/// x: (n, d), y: (m, d).
double frechet_distance(MatrixView x, MatrixView y, Team& team);

}  // namespace mf
