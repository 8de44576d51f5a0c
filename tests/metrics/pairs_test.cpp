// SPDX-License-Identifier: MIT
#include "metrics/pairs.hpp"

#include <cmath>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/rng.hpp"
#include "metrics/kernel_distance.hpp"

namespace {

using namespace mf;

std::vector<float> normal_rows(std::int64_t rows, std::int64_t cols, std::uint64_t seed) {
    std::vector<float> out(static_cast<std::size_t>(rows * cols));
    Random(seed, Stream::test).normal_vector(out.data(), rows * cols, 0);
    return out;
}

double dot(MatrixView x, std::int64_t i, MatrixView y, std::int64_t j) {
    double sum = 0;
    for (std::int64_t c = 0; c < x.cols; ++c) sum += double{x.row(i)[c]} * double{y.row(j)[c]};
    return sum;
}

double square(MatrixView x, std::int64_t i, MatrixView y, std::int64_t j) {
    double sum = 0;
    for (std::int64_t c = 0; c < x.cols; ++c) sum += std::pow(double{x.row(i)[c]} - double{y.row(j)[c]}, 2);
    return sum;
}

/// The textbook sums.
template <class Kernel>
double discrepancy(MatrixView x, MatrixView y, Kernel k) {
    const auto mean = [&](MatrixView a, MatrixView b, bool same) {
        double sum = 0;
        for (std::int64_t i = 0; i < a.rows; ++i)
            for (std::int64_t j = 0; j < b.rows; ++j)
                if (!same || i != j) sum += k(a, i, b, j);
        return sum / static_cast<double>(a.rows * (same ? b.rows - 1 : b.rows));
    };
    return mean(x, x, true) + mean(y, y, true) - 2 * mean(x, y, false);
}

class Kernels : public testing::TestWithParam<std::tuple<int, int, int>> {};

TEST_P(Kernels, AgreeWithTheTextbookAtAwkwardSizes) {
    const auto [n, m, d] = GetParam();
    const auto xs = normal_rows(n, d, 1), ys = normal_rows(m, d, 2);
    const MatrixView x = as_rows(xs, d), y = as_rows(ys, d);
    Team team(2);
    EXPECT_NEAR(kid(x, y, team),
                discrepancy(x, y,
                            [](auto a, auto i, auto b, auto j) {
                                return std::pow(dot(a, i, b, j) / static_cast<double>(a.cols) + 1, 3);
                            }),
                1e-11);
    EXPECT_NEAR(
        gaussian_mmd2(x, y, 0.7, team),
        discrepancy(
            x, y, [](auto a, auto i, auto b, auto j) { return std::exp(-square(a, i, b, j) / (2 * 0.49)); }),
        1e-13);
    EXPECT_NEAR(
        energy_distance(x, y, team),
        discrepancy(x, y, [](auto a, auto i, auto b, auto j) { return -std::sqrt(square(a, i, b, j)); }),
        1e-10);
}

INSTANTIATE_TEST_SUITE_P(Sizes, Kernels,
                         testing::Combine(testing::Values(2, 33, 257), testing::Values(2, 256, 300),
                                          testing::Values(1, 2, 5, 31)));

TEST(Pairs, TheNumberOfThreadsChangesNothing) {
    const auto xs = normal_rows(700, 2, 1), ys = normal_rows(900, 2, 2);
    Team one(1), three(3);
    EXPECT_EQ(gaussian_mmd2(as_rows(xs, 2), as_rows(ys, 2), 0.5, one),
              gaussian_mmd2(as_rows(xs, 2), as_rows(ys, 2), 0.5, three));
    EXPECT_EQ(energy_distance(as_rows(xs, 2), as_rows(ys, 2), one),
              energy_distance(as_rows(xs, 2), as_rows(ys, 2), three));
}

TEST(Pairs, FarPointsGiveNoKernelAndNoNonsense) {
    const std::vector<float> x = {0, 0, 1e15F, 0, 3e38F, -3e38F}, y = {0, 0, -1e15F, 0, 1, 1};
    Team team;
    EXPECT_NEAR(gaussian_mmd2(as_rows(x, 2), as_rows(y, 2), 1, team),
                2 * std::exp(-1) / 6 - 2 * (1 + std::exp(-1)) / 9, 1e-15);
}

TEST(Pairs, MedianOfOddAndEvenCounts) {
    const std::vector<float> x = {0, 1}, y = {3}, z = {3, 7};
    Team team;
    EXPECT_DOUBLE_EQ(median_distance(as_rows(x, 1), as_rows(y, 1), team), 2);    // 1 2 3
    EXPECT_DOUBLE_EQ(median_distance(as_rows(x, 1), as_rows(z, 1), team), 3.5);  // 1 2 3 4 6 7
}

TEST(Pairs, UselessInputIsRefusedByName) {
    std::vector<float> x = normal_rows(40, 3, 1), y = normal_rows(40, 3, 2);
    Team team;
    EXPECT_THROW(kid(as_rows(x, 3), first_rows(as_rows(y, 3), 1), team), Error);
    EXPECT_THROW(kid(as_rows(x, 3), as_rows(y, 5), team), Error);
    EXPECT_THROW(gaussian_mmd2(as_rows(x, 3), as_rows(y, 3), 0, team), Error);
    EXPECT_THROW(as_rows(x, 7), Error);
    y[17 * 3 + 2] = std::nanf("");
    try {
        energy_distance(as_rows(x, 3), as_rows(y, 3), team);
        FAIL() << "a NaN went through";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "[energy_distance] y: row 17, column 2 is nan, expected a finite number");
    }
    const std::vector<float> many(10002);
    EXPECT_THROW(median_distance(as_rows(many, 1), as_rows(many, 1), team), Error);
}

}  // namespace
