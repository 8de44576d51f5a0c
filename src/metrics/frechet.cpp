// SPDX-License-Identifier: MIT
#include "metrics/frechet.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "core/error.hpp"
#include "metrics/eigen.hpp"

namespace mf {
namespace {

using Eigen::Map;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::int64_t kPortion = 512;  // rows widened to double at a time
constexpr std::int64_t kStrip = 128;    // columns of the covariance that are one task

std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

/// S = F F^T with pivoting, one column of F per unit of rank: for covariances of fewer samples than features.
MatrixXd semidefinite_root(const MatrixXd& s) {
    const Eigen::Index d = s.rows();
    VectorXd left = s.diagonal();  // diagonal of S - F F^T
    const double tiny = static_cast<double>(d) * 1e-15 * std::max(left.maxCoeff(), 0.0);
    MatrixXd f(d, d);
    Eigen::Index rank = 0;
    for (; rank < d; ++rank) {
        Eigen::Index pivot = 0;
        const double most = left.maxCoeff(&pivot);
        if (!(most > tiny)) break;
        VectorXd column = s.col(pivot);
        column.noalias() -= f.leftCols(rank) * f.row(pivot).head(rank).transpose();
        f.col(rank) = column / std::sqrt(most);
        left.array() -= f.col(rank).array().square();
        left[pivot] = 0;
    }
    check(left.minCoeff() >= -1e-6 * s.diagonal().cwiseAbs().maxCoeff(),
          "[frechet] the covariance is not positive semi-definite");
    return f.leftCols(rank);
}

/// tr((A B)^(1/2)). With any root A = F F^T, A B and F^T B F have the same eigenvalues but for zeros, and the
/// latter is symmetric: this is the route over A^(1/2) B A^(1/2), with the cheaper Cholesky factor in the
/// place of A^(1/2).
double trace_sqrt_product(const MatrixXd& a, const MatrixXd& b) {
    MatrixXd root;
    if (const Eigen::LLT<MatrixXd> cholesky(a); cholesky.info() == Eigen::Success)
        root = cholesky.matrixL();
    else
        root = semidefinite_root(a);
    if (root.cols() == 0) return 0;
    const MatrixXd product = root.transpose() * (b * root);
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(product, Eigen::EigenvaluesOnly);
    check(solver.info() == Eigen::Success,
          "[frechet] the eigenvalues of a covariance product did not converge");
    return solver.eigenvalues().cwiseMax(0.0).cwiseSqrt().sum();
}

void check_gaussian(const char* name, const Gaussian& g) {
    const std::int64_t d = g.dim();
    check(d > 0 && g.covariance.size() == size(d * d),
          "[frechet] {}: a mean of {} needs {} covariances, got {}", name, d, d * d, g.covariance.size());
    const auto finite = [](double v) { return std::isfinite(v); };
    check(std::ranges::all_of(g.mean, finite), "[frechet] the mean of {} is not finite", name);
    const auto bad = std::ranges::find_if_not(g.covariance, finite) - g.covariance.begin();
    check(bad == std::ssize(g.covariance), "[frechet] the covariance of {} is not finite in row {}", name,
          bad / d);
}

}  // namespace

GaussianFit::GaussianFit(std::int64_t dim) : dim_(dim), sum_(size(dim)), products_(size(dim * dim)) {
    check(dim > 0, "[frechet] expected at least one feature, got {}", dim);
}

void GaussianFit::add(MatrixView x, Team& team) {
    check(x.cols == dim_, "[frechet] expected {} features, got {}", dim_, x.cols);
    check_samples("frechet", rows_ == 0 ? "samples" : fmt::format("samples, {} rows on", rows_).c_str(), x,
                  0);
    if (x.rows == 0) return;
    if (rows_ == 0) {
        shift_.assign(size(dim_), 0.0);
        for (std::int64_t i = 0; i < x.rows; ++i)
            for (std::int64_t j = 0; j < dim_; ++j)
                shift_[size(j)] += x.row(i)[j] / static_cast<double>(x.rows);
    }
    std::vector<double> centred(size(std::min(kPortion, x.rows) * dim_));
    for (std::int64_t at = 0; at < x.rows; at += kPortion) {
        const std::int64_t rows = std::min(kPortion, x.rows - at);
        for (std::int64_t i = 0; i < rows; ++i)
            for (std::int64_t j = 0; j < dim_; ++j) {
                const double value = x.row(at + i)[j] - shift_[size(j)];
                centred[size(i * dim_ + j)] = value;
                sum_[size(j)] += value;
            }
        add_products(centred, rows, team);
    }
    rows_ += x.rows;
}

void GaussianFit::add_products(const std::vector<double>& centred, std::int64_t rows, Team& team) {
    // Row-major (rows, dim) is column-major (dim, rows).
    const Map<const MatrixXd> c(centred.data(), dim_, rows);
    Map<MatrixXd> products(products_.data(), dim_, dim_);
    std::atomic<std::int64_t> next{0};
    team.run([&](int) {
        for (std::int64_t at = kStrip * next++; at < dim_; at = kStrip * next++) {
            const std::int64_t width = std::min(kStrip, dim_ - at);
            products.block(at, at, dim_ - at, width).noalias() +=
                c.bottomRows(dim_ - at) * c.middleRows(at, width).transpose();
        }
    });
}

Gaussian GaussianFit::finish() const {
    check(rows_ >= 2, "[frechet] a covariance needs at least 2 rows, got {}", rows_);
    const auto n = static_cast<double>(rows_);
    Gaussian out{std::vector<double>(size(dim_)), std::vector<double>(size(dim_ * dim_))};
    for (std::int64_t j = 0; j < dim_; ++j) {
        out.mean[size(j)] = shift_[size(j)] + sum_[size(j)] / n;
        for (std::int64_t i = j; i < dim_; ++i) {
            const double value =
                (products_[size(j * dim_ + i)] - sum_[size(i)] * sum_[size(j)] / n) / (n - 1);
            out.covariance[size(i * dim_ + j)] = out.covariance[size(j * dim_ + i)] = value;
        }
    }
    return out;
}

Gaussian fit_gaussian(MatrixView x, Team& team) {
    check_samples("frechet", "samples", x, 2);
    GaussianFit fit(x.cols);
    fit.add(x, team);
    return fit.finish();
}

FrechetTerms frechet_terms(const Gaussian& a, const Gaussian& b) {
    check_gaussian("a", a);
    check_gaussian("b", b);
    check(a.dim() == b.dim(), "[frechet] a has {} features and b {}; expected as many", a.dim(), b.dim());
    const Eigen::Index d = a.dim();
    const Map<const MatrixXd> sa(a.covariance.data(), d, d), sb(b.covariance.data(), d, d);
    const Map<const VectorXd> ma(a.mean.data(), d), mb(b.mean.data(), d);
    return {(ma - mb).squaredNorm(), sa.trace(), sb.trace(), trace_sqrt_product(sa, sb)};
}

double frechet_distance(const Gaussian& a, const Gaussian& b) { return frechet_terms(a, b).distance(); }

double frechet_distance(MatrixView x, MatrixView y, Team& team) {
    check_sample_pair("frechet", x, y, 2);
    return frechet_distance(fit_gaussian(x, team), fit_gaussian(y, team));
}

}  // namespace mf
