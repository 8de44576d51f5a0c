// SPDX-License-Identifier: MIT
#include "metrics/frechet.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "metrics/eigen.hpp"
#include "metrics/trace_sqrt.hpp"

namespace mf {
namespace {

using Eigen::Map;
using Eigen::MatrixXd;
using Eigen::VectorXd;

std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

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

FrechetTerms frechet_terms(const Gaussian& a, const Gaussian& b, Team& team) {
    check_gaussian("a", a);
    check_gaussian("b", b);
    check(a.dim() == b.dim(), "[frechet] a has {} features and b {}; expected as many", a.dim(), b.dim());
    const Eigen::Index d = a.dim();
    const Map<const MatrixXd> sa(a.covariance.data(), d, d), sb(b.covariance.data(), d, d);
    const Map<const VectorXd> ma(a.mean.data(), d), mb(b.mean.data(), d);
    return {(ma - mb).squaredNorm(), sa.trace(), sb.trace(),
            trace_sqrt_product(a.covariance, b.covariance, d, team)};
}

double frechet_distance(const Gaussian& a, const Gaussian& b, Team& team) {
    return frechet_terms(a, b, team).distance();
}

double frechet_distance(MatrixView x, MatrixView y, Team& team) {
    check_sample_pair("frechet", x, y, 2);
    return frechet_distance(fit_gaussian(x, team), fit_gaussian(y, team), team);
}

}  // namespace mf
