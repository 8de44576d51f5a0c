// SPDX-License-Identifier: MIT
#include "metrics/symmetric_eigenvalues.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "metrics/eigen.hpp"
#include "metrics/panel_f64.hpp"
#include "metrics/product_f64.hpp"

namespace mf {
namespace {

using Eigen::Map;
using Eigen::VectorXd;

constexpr std::int64_t kReflections = 32;  // reflections that are applied to the rest together
constexpr int kSharedRows = 4;             // rows that share one pass over x and y

std::size_t extent(std::int64_t n) { return static_cast<std::size_t>(n); }

/// Rows [begin, end) of y += S x for a symmetric S of which the lower triangle (row-major) is read once: the part left of
/// the diagonal serves twice, and gives to rows above `begin`, too.
void add_symmetric_rows(double* y, const double* s, std::int64_t stride, const double* x, std::int64_t begin,
                        std::int64_t end) {
    std::int64_t i = begin;
    for (; i + kSharedRows <= end; i += kSharedRows) {
        const double *r0 = s + i * stride, *r1 = r0 + stride, *r2 = r1 + stride, *r3 = r2 + stride;
        const double x0 = x[i], x1 = x[i + 1], x2 = x[i + 2], x3 = x[i + 3];
        double d0 = 0, d1 = 0, d2 = 0, d3 = 0;
#pragma omp simd reduction(+ : d0, d1, d2, d3)
        for (std::int64_t j = 0; j < i; ++j) {
            const double xj = x[j];
            d0 += r0[j] * xj;
            d1 += r1[j] * xj;
            d2 += r2[j] * xj;
            d3 += r3[j] * xj;
            y[j] += r0[j] * x0 + r1[j] * x1 + r2[j] * x2 + r3[j] * x3;
        }
        const double dots[kSharedRows] = {d0, d1, d2, d3};
        for (int m = 0; m < kSharedRows; ++m) {
            const double* row = s + (i + m) * stride;
            double sum = dots[m] + row[i + m] * x[i + m];
            for (std::int64_t j = i; j < i + m; ++j) {
                sum += row[j] * x[j];
                y[j] += row[j] * x[i + m];
            }
            y[i + m] += sum;
        }
    }
    for (; i < end; ++i) {
        const double* row = s + i * stride;
        double sum = row[i] * x[i];
        for (std::int64_t j = 0; j < i; ++j) {
            sum += row[j] * x[j];
            y[j] += row[j] * x[i];
        }
        y[i] += sum;
    }
}

/// The matrix while it is reduced, its diagonal and the one below.
class Reduction {
  public:
    Reduction(double* matrix, std::int64_t n, Team& team)
        : diagonal(extent(n)),
          below(extent(std::max<std::int64_t>(n - 1, 0))),
          s_(matrix),
          n_(n),
          team_(team),
          v_(extent(n * kReflections)),
          w_(extent(n * kReflections)),
          parts_(extent(n * team.size())) {}

    void run() {
        for (std::int64_t first = 0; first < n_; first += kReflections) {
            const std::int64_t columns = std::min(kReflections, n_ - first);
            for (std::int64_t k = 0; k < columns; ++k) reduce(first, k);
            update_rest(first, columns);
        }
    }

    std::vector<double> diagonal, below;

  private:
    // v_ and w_ are column-major: reflection k of the block at k * n_.
    Map<VectorXd> v(std::int64_t k, std::int64_t from) { return {v_.data() + k * n_ + from, n_ - from}; }
    Map<VectorXd> w(std::int64_t k, std::int64_t from) { return {w_.data() + k * n_ + from, n_ - from}; }

    /// Column first + k: what the block's reflections before it do to it, then its own reflection.
    void reduce(std::int64_t first, std::int64_t k) {
        const std::int64_t i = first + k;
        VectorXd column(n_ - i);
        for (std::int64_t j = i; j < n_; ++j) column[j - i] = s_[j * n_ + i];
        for (std::int64_t l = 0; l < k; ++l) column -= v(l, i) * w_at(l, i) + w(l, i) * v_at(l, i);
        diagonal[extent(i)] = column[0];
        if (i + 1 == n_) return;
        const std::int64_t rest = n_ - i - 1;
        auto tail = column.tail(rest);
        const double others = rest > 1 ? tail.tail(rest - 1).squaredNorm() : 0.0;
        v(k, 0).setZero();
        w(k, 0).setZero();
        if (others == 0) {
            below[extent(i)] = tail[0];
            return;
        }
        const double norm = std::copysign(std::sqrt(tail[0] * tail[0] + others), -tail[0]);
        const double tau = (norm - tail[0]) / norm;
        auto own = v(k, i + 1);
        own = tail / (tail[0] - norm);
        own[0] = 1;
        below[extent(i)] = norm;
        // w = tau (S v - V W^T v - W V^T v), with S as it was before the block; then its part along v goes.
        auto product = w(k, i + 1);
        multiply_rest(product.data(), i + 1, own.data());
        for (std::int64_t l = 0; l < k; ++l) {
            const double along_w = w(l, i + 1).dot(own), along_v = v(l, i + 1).dot(own);
            product -= v(l, i + 1) * along_w + w(l, i + 1) * along_v;
        }
        product *= tau;
        product -= 0.5 * tau * product.dot(own) * own;
    }
    double v_at(std::int64_t k, std::int64_t i) const { return v_[extent(k * n_ + i)]; }
    double w_at(std::int64_t k, std::int64_t i) const { return w_[extent(k * n_ + i)]; }

    /// y = S[from.., from..] x.
    void multiply_rest(double* y, std::int64_t from, const double* x) {
        const std::int64_t rest = n_ - from;
        const double* s = s_ + from * n_ + from;
        const auto cut = [&](int lane) {  // equal areas of the triangle
            const double share = std::sqrt(static_cast<double>(lane) / team_.size());
            return lane == team_.size() ? rest
                                        : static_cast<std::int64_t>(share * static_cast<double>(rest)) /
                                              kSharedRows * kSharedRows;
        };
        team_.run([&](int lane) {
            double* part = parts_.data() + lane * n_;
            std::fill_n(part, rest, 0.0);
            add_symmetric_rows(part, s, n_, x, cut(lane), cut(lane + 1));
        });
        for (std::int64_t i = 0; i < rest; ++i) {
            y[i] = parts_[extent(i)];
            for (int lane = 1; lane < team_.size(); ++lane) y[i] += parts_[extent(lane * n_ + i)];
        }
    }

    /// What is right of and below the block: S -= V W^T + W V^T.
    void update_rest(std::int64_t first, std::int64_t columns) {
        const std::int64_t from = first + columns, rest = n_ - from;
        if (rest <= 0) return;
        PanelsF64 left(rest, 2 * columns), right(rest, 2 * columns);
        constexpr std::int64_t width = kPanelF64;
        for (std::int64_t k = 0; k < columns; ++k)
            for (std::int64_t j = 0; j < rest; ++j) {
                const double a = v_at(k, from + j), b = w_at(k, from + j);
                double* const l = left.panel(j / width) + j % width;
                double* const r = right.panel(j / width) + j % width;
                l[k * width] = r[(columns + k) * width] = a;
                r[k * width] = l[(columns + k) * width] = b;
            }
        add_product(s_ + from * n_ + from, n_, left, right, 2 * columns, Part::lower, team_, -1);
    }

    double* s_;
    std::int64_t n_;
    Team& team_;
    std::vector<double> v_, w_, parts_;
};

}  // namespace

std::vector<double> symmetric_eigenvalues(std::vector<double>& matrix, std::int64_t n, Team& team) {
    check(std::ssize(matrix) == n * n, "[eigenvalues] {} numbers are no matrix of {} rows", matrix.size(), n);
    if (n == 0) return {};
    Reduction reduction(matrix.data(), n, team);
    reduction.run();
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
    solver.computeFromTridiagonal(Map<const VectorXd>(reduction.diagonal.data(), n),
                                  Map<const VectorXd>(reduction.below.data(), n - 1), Eigen::EigenvaluesOnly);
    check(solver.info() == Eigen::Success,
          "[frechet] the eigenvalues of a covariance product did not converge");
    const VectorXd& values = solver.eigenvalues();
    return {values.data(), values.data() + n};
}

}  // namespace mf
