// SPDX-License-Identifier: MIT
#include "metrics/kernel_distance.hpp"

#include <bit>
#include <cmath>

#include "core/error.hpp"
#include "metrics/pairs.hpp"

namespace mf {
namespace {

template <class Kernel>
double discrepancy(MatrixView x, MatrixView y, PairValue what, Team& team, const Stop& stop, Kernel k) {
    return mean_within(x, what, team, stop, k) + mean_within(y, what, team, stop, k) -
           2 * mean_between(x, y, what, team, stop, k);
}

/// e^x for x <= 0, relative error below 1e-15, in a form that a compiler turns into vector code; 0 below
/// -700.
inline double exp_of_negative(double x) {
    const double clamped = x < -700.0 ? -700.0 : x;
    // x = n ln2 + f, |f| <= ln2 / 2; adding 1.5 * 2^52 rounds to the nearest integer.
    const double shifted = clamped * 1.4426950408889634 + 6755399441055744.0;
    const double n = shifted - 6755399441055744.0;
    const double f = (clamped - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
    double p = 1.0 / 479001600;
    for (const double c : {1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720,
                           1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1.0, 1.0})
        p = p * f + c;
    const auto exponent = (std::bit_cast<std::uint64_t>(shifted) + 1023U) << 52;
    return x < -700.0 ? 0.0 : p * std::bit_cast<double>(exponent);
}

/// Median of numbers that may be put in another order.
double median(std::vector<double>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) return *middle;
    return 0.5 * (*middle + *std::max_element(values.begin(), middle));
}

}  // namespace

double kid(MatrixView x, MatrixView y, Team& team, const Stop& stop) {
    check_sample_pair("kid", x, y, 2);
    const double per_feature = 1.0 / static_cast<double>(x.cols);
    return discrepancy(x, y, PairValue::dot, team, stop, [=](double dot) {
        const double base = dot * per_feature + 1;
        return base * base * base;
    });
}

double gaussian_mmd2(MatrixView x, MatrixView y, double sigma, Team& team, const Stop& stop) {
    check_sample_pair("gaussian_mmd2", x, y, 2);
    check(std::isfinite(sigma) && sigma > 0, "[gaussian_mmd2] sigma must be positive, got {}", sigma);
    const double scale = -0.5 / (sigma * sigma);
    return discrepancy(x, y, PairValue::squared_distance, team, stop,
                       [=](double square) { return exp_of_negative(scale * square); });
}

double energy_distance(MatrixView x, MatrixView y, Team& team, const Stop& stop) {
    check_sample_pair("energy_distance", x, y, 2);
    return discrepancy(x, y, PairValue::squared_distance, team, stop,
                       [](double square) { return -std::sqrt(square); });
}

double median_distance(MatrixView x, MatrixView y, Team& team, const Stop& stop) {
    check_sample_pair("median_distance", x, y, 1);
    const std::int64_t n = x.rows + y.rows;
    if (n > 10000)
        throw Error(fmt::format("[median_distance] expected at most 10000 rows together, got {}", n),
                    "give the bandwidth, or take fewer rows");
    std::vector<float> both(x.data, x.data + x.rows * x.cols);
    both.insert(both.end(), y.data, y.data + y.rows * y.cols);
    const MatrixView all{both.data(), n, x.cols};
    std::vector<double> distances(static_cast<std::size_t>(n * (n - 1) / 2));
    visit_pairs(all, all, PairValue::squared_distance, true, team, stop,
                [&](std::int64_t, const PairBlock& block) {
                    for (std::int64_t i = 0; i < block.rows; ++i)
                        for (std::int64_t j = 0; j < block.cols; ++j) {
                            const std::int64_t a = block.row0 + i, b = block.col0 + j;
                            if (a < b)
                                distances[static_cast<std::size_t>(b * (b - 1) / 2 + a)] =
                                    block.values[i * block.cols + j];
                        }
                });
    for (double& d : distances) d = std::sqrt(d);
    return median(distances);
}

}  // namespace mf
