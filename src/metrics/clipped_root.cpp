// SPDX-License-Identifier: MIT
#include "metrics/clipped_root.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "metrics/eigen.hpp"

namespace mf {

std::vector<double> clipped_root(std::span<const double> s, std::int64_t d, double indefinite) {
    using Eigen::MatrixXd;
    using Eigen::VectorXd;
    const Eigen::Map<const MatrixXd> matrix(s.data(), d, d);
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver{MatrixXd(matrix)};
    check(solver.info() == Eigen::Success, "[frechet] the eigenvalues of a covariance did not converge");
    const VectorXd& values = solver.eigenvalues();
    check(values.minCoeff() >= -indefinite * std::max(values.maxCoeff(), 0.0),
          "[frechet] the covariance is not positive semi-definite: it has the eigenvalue {:.3g}",
          values.minCoeff());
    const Eigen::Index positive = (values.array() > 0).count();
    std::vector<double> root(static_cast<std::size_t>(d * positive));
    Eigen::Map<MatrixXd>(root.data(), d, positive) =
        solver.eigenvectors().rightCols(positive) * values.tail(positive).cwiseSqrt().asDiagonal();
    return root;
}

}  // namespace mf
