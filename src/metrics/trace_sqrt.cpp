// SPDX-License-Identifier: MIT
#include "metrics/trace_sqrt.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "core/error.hpp"
#include "metrics/clipped_root.hpp"
#include "metrics/eigen.hpp"
#include "metrics/product_f64.hpp"
#include "metrics/symmetric_eigenvalues.hpp"

namespace mf {
namespace {

using Eigen::Map;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Square = Map<const MatrixXd>;

/// Below this share of the largest number, a pivot is rounding.
double rounding(Eigen::Index d) { return static_cast<double>(d) * 1e-15; }
constexpr double kIndefinite = 1e-3;  ///< share of the largest eigenvalue that a negative one may have

/// The Cholesky factor; nothing when the matrix is singular.
std::optional<MatrixXd> regular_root(const Square& s) {
    const Eigen::LLT<MatrixXd> cholesky(s);
    if (cholesky.info() != Eigen::Success) return {};
    const auto pivots = cholesky.matrixLLT().diagonal().array().square();
    if (!(pivots.minCoeff() > rounding(s.rows()) * s.diagonal().maxCoeff())) return {};
    return MatrixXd(cholesky.matrixL());
}

/// S = F F^T with pivoting, one column of F per unit of rank; nothing when S turns out not to be semi-definite.
std::optional<MatrixXd> singular_root(const Square& s) {
    const Eigen::Index d = s.rows();
    VectorXd left = s.diagonal();  // diagonal of S - F F^T
    const double most = left.maxCoeff(), tiny = rounding(d) * std::max(most, 0.0);
    MatrixXd f(d, d);
    Eigen::Index rank = 0;
    for (; rank < d; ++rank) {
        Eigen::Index pivot = 0;
        const double largest = left.maxCoeff(&pivot);
        if (!(largest > tiny)) break;
        if (left.minCoeff() < -tiny) return {};
        VectorXd column = s.col(pivot);
        column.noalias() -= f.leftCols(rank) * f.row(pivot).head(rank).transpose();
        f.col(rank) = column / std::sqrt(largest);
        left.array() -= f.col(rank).array().square();
        left[pivot] = 0;
    }
    if (left.minCoeff() < -tiny) return {};
    return f.leftCols(rank);
}

/// A root of one of the two, and which is the other.
struct Root {
    MatrixXd factor;
    const Square* other;
};

Root narrow_root(const Square& a, const Square& b, Team& team) {
    const Square* both[2] = {&a, &b};
    std::optional<MatrixXd> roots[2];
    team.split(2, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) roots[i] = regular_root(*both[i]);
    });
    if (roots[0] && roots[1]) return {std::move(*roots[0]), &b};
    const bool regular[2] = {roots[0].has_value(), roots[1].has_value()};
    team.split(2, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
            if (!regular[i]) roots[i] = singular_root(*both[i]);
    });
    if (roots[0] && roots[1])
        return roots[0]->cols() <= roots[1]->cols() ? Root{std::move(*roots[0]), &b}
                                                    : Root{std::move(*roots[1]), &a};
    if (roots[0]) return {std::move(*roots[0]), &b};
    if (roots[1]) return {std::move(*roots[1]), &a};
    const std::vector<double> root =
        clipped_root({a.data(), static_cast<std::size_t>(a.size())}, a.rows(), kIndefinite);
    return {Map<const MatrixXd>(root.data(), a.rows(), std::ssize(root) / a.rows()), &b};
}

}  // namespace

double trace_sqrt_product(std::span<const double> a, std::span<const double> b, std::int64_t d, Team& team) {
    const Square sa(a.data(), d, d), sb(b.data(), d, d);
    for (const Square* s : {&sa, &sb})
        check(s->diagonal().minCoeff() >= 0,
              "[frechet] the covariance is not positive semi-definite: it has the variance {:.3g}",
              s->diagonal().minCoeff());
    const Root root = narrow_root(sa, sb, team);
    const std::int64_t rank = root.factor.cols();
    if (rank == 0) return 0;
    // Eigen's factor is column-major: F^T to a row-major reader.
    const DoubleMatrix turned{root.factor.data(), d};
    std::vector<double> half(static_cast<std::size_t>(d * rank)),
        product(static_cast<std::size_t>(rank * rank));
    multiply(half.data(), rank, {root.other->data(), d}, turned.transposed(), d, rank, d, Part::whole, team);
    multiply(product.data(), rank, turned, {half.data(), rank}, rank, rank, d, Part::lower, team);
    const std::vector<double> values = symmetric_eigenvalues(product, rank, team);
    check(values.front() >= -kIndefinite * std::max(values.back(), 0.0),
          "[frechet] a covariance is not positive semi-definite");
    double trace = 0;
    for (const double value : values) trace += std::sqrt(std::max(value, 0.0));
    return trace;
}

}  // namespace mf
