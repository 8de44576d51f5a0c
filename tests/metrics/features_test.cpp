// SPDX-License-Identifier: MIT
// The metrics on features where the answer is known without a reference.
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/rng.hpp"
#include "metrics/frechet.hpp"
#include "metrics/inception_score.hpp"
#include "metrics/precision_recall.hpp"

namespace {

using namespace mf;

std::vector<float> normal_rows(std::int64_t rows, std::int64_t cols, std::uint64_t seed) {
    std::vector<float> out(static_cast<std::size_t>(rows * cols));
    Random(seed, Stream::test).normal_vector(out.data(), rows * cols, 0);
    return out;
}

TEST(Frechet, DiagonalCovariancesHaveAClosedForm) {
    Team team(2);
    const Gaussian a{{0, 1}, {4, 0, 0, 9}}, b{{3, -3}, {1, 0, 0, 16}};
    EXPECT_NEAR(frechet_distance(a, b, team), 9 + 16 + 1 + 1, 1e-12);  // sum of (s_a - s_b)^2
    EXPECT_NEAR(frechet_distance(b, a, team), 9 + 16 + 1 + 1, 1e-12);
    EXPECT_NEAR(frechet_distance(a, a, team), 0, 1e-12);
}

TEST(Frechet, SingularCovariancesAreNoProblem) {
    Team team(2);
    const Gaussian a{{0, 0, 0}, {4, 0, 0, 0, 0, 0, 0, 0, 1}}, b{{0, 0, 0}, {1, 0, 0, 0, 5, 0, 0, 0, 0}};
    EXPECT_NEAR(frechet_distance(a, b, team), 1 + 5 + 1, 1e-9);
    const Gaussian zero{{0, 0, 0}, std::vector<double>(9)};
    EXPECT_NEAR(frechet_distance(zero, a, team), 5, 1e-12);
    EXPECT_NEAR(frechet_distance(a, zero, team), 5, 1e-9);

    // Fewer samples than features: both orders agree, and a set is at distance 0 from itself.
    const auto xs = normal_rows(20, 64, 1), ys = normal_rows(30, 64, 2);
    const Gaussian x = fit_gaussian(as_rows(xs, 64), team), y = fit_gaussian(as_rows(ys, 64), team);
    EXPECT_NEAR(frechet_distance(x, x, team), 0, 1e-5);
    EXPECT_NEAR(frechet_distance(x, y, team), frechet_distance(y, x, team), 1e-5);
    EXPECT_GT(frechet_distance(x, y, team), 1);
}

TEST(Frechet, PortionsAndOffsetsDoNotMatter) {
    Team team(2);
    auto rows = normal_rows(1300, 137, 5);
    const MatrixView all = as_rows(rows, 137);
    const Gaussian whole = fit_gaussian(all, team);
    GaussianFit fit(137);
    for (const auto& [first, count] : {std::pair{0, 1}, {1, 600}, {601, 0}, {601, 699}})
        fit.add({all.row(first), count, 137}, team);
    EXPECT_EQ(fit.rows(), 1300);
    const Gaussian portions = fit.finish();
    for (std::size_t i = 0; i < whole.covariance.size(); ++i)
        ASSERT_NEAR(whole.covariance[i], portions.covariance[i], 1e-12);
    for (std::size_t i = 0; i < whole.mean.size(); ++i) ASSERT_NEAR(whole.mean[i], portions.mean[i], 1e-13);
    for (float& value : rows) value = value * 0.25F + 4096;  // exact but for the last 9 bits or so
    const Gaussian moved = fit_gaussian(all, team);
    for (std::size_t i = 0; i < whole.covariance.size(); ++i)
        ASSERT_NEAR(moved.covariance[i] * 16, whole.covariance[i], 2e-3);
}

TEST(Frechet, UselessInputIsRefused) {
    Team team;
    auto rows = normal_rows(6, 2, 1);
    EXPECT_THROW(fit_gaussian(as_rows(rows, 12), team), Error);
    GaussianFit fit(2);
    fit.add(as_rows(rows, 2), team);
    EXPECT_THROW(fit.add(as_rows(rows, 3), team), Error);
    rows[5] = std::nanf("");
    try {
        fit.add(as_rows(rows, 2), team);
        FAIL() << "a NaN went through";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "[frechet] samples, 6 rows on: row 2, column 1 is nan, expected a finite number");
    }
    EXPECT_EQ(fit.rows(), 6);
    EXPECT_THROW(GaussianFit(2).finish(), Error);
    const Gaussian a{{0, 0}, {1, 0, 0, 1}};
    EXPECT_THROW(frechet_distance(a, Gaussian{{0}, {1}}, team), Error);
    EXPECT_THROW(frechet_distance(a, Gaussian{{0, 0}, {1}}, team), Error);
    EXPECT_THROW(frechet_distance(a, Gaussian{{0, 0}, {1, 0, 0, NAN}}, team), Error);
    EXPECT_THROW(frechet_distance(Gaussian{{0, 0}, {1, 0, 0, -1}}, a, team), Error);
}

TEST(InceptionScore, IsOneWithoutAndTheNumberOfClassesWithPerfectKnowledge) {
    const std::vector<float> flat(50 * 7, 2.5F);
    EXPECT_NEAR(inception_score(as_rows(flat, 7), 5).mean, 1, 1e-12);
    std::vector<float> sure(70 * 7);
    for (std::size_t i = 0; i < 70; ++i) sure[i * 7 + i % 7] = 1000;
    const InceptionScore score = inception_score(as_rows(sure, 7), 10);
    EXPECT_NEAR(score.mean, 7, 1e-6);
    EXPECT_NEAR(score.std, 0, 1e-6);
    EXPECT_EQ(score.per_part.size(), 10U);
    EXPECT_EQ(inception_score(as_rows(sure, 7), 9).per_part.size(), 9U) << "sizes need not divide";
}

TEST(InceptionScore, UselessInputIsRefused) {
    std::vector<float> logits(5 * 2);
    const std::vector<std::int64_t> twice = {0, 1, 2, 3, 3}, beyond = {0, 1, 2, 3, 5}, few = {0, 1};
    EXPECT_THROW(inception_score(as_rows(logits, 2), 6), Error);
    EXPECT_THROW(inception_score(as_rows(logits, 2), 0), Error);
    for (const auto& order : {twice, beyond, few})
        EXPECT_THROW(inception_score(as_rows(logits, 2), 1, order), Error);
    logits[3] = INFINITY;
    EXPECT_THROW(inception_score(as_rows(logits, 2), 1), Error);
    EXPECT_TRUE(legacy_permutation(1, 0).empty());
    EXPECT_EQ(legacy_permutation(1, 1), std::vector<std::int64_t>{0});
}

TEST(PrecisionRecall, KnowsOverlapFromNone) {
    Team team(2);
    const auto xs = normal_rows(400, 8, 1);
    auto ys = normal_rows(300, 8, 2);
    const MatrixView x = as_rows(xs, 8), y = as_rows(ys, 8);
    const PrecisionRecall same = precision_recall(x, x, 3, team);
    EXPECT_EQ(same.precision, 1);
    EXPECT_EQ(same.recall, 1);
    // Half of the generated samples far away.
    for (std::size_t i = 0; i < ys.size() / 2; ++i) ys[i] += 100;
    const PrecisionRecall half = precision_recall(x, y, 3, team);
    EXPECT_NEAR(half.precision, 0.5, 0.1);
    EXPECT_GT(half.recall, 0.5);
    EXPECT_THROW(precision_recall(x, first_rows(y, 3), 3, team), Error);
    EXPECT_THROW(precision_recall(x, y, 0, team), Error);
}

TEST(PrecisionRecall, RadiiOfPointsOnALine) {
    const std::vector<float> x = {0, 1, 3, 7, 15};
    Team team;
    EXPECT_EQ(neighbour_radii(as_rows(x, 1), 1, team), (std::vector<double>{1, 1, 2, 4, 8}));
    EXPECT_EQ(neighbour_radii(as_rows(x, 1), 2, team), (std::vector<double>{3, 2, 3, 6, 12}));
}

}  // namespace
