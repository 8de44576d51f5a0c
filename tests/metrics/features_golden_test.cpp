// SPDX-License-Identifier: MIT
// The metrics on features against the reference numbers of public implementations.
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "metrics/frechet.hpp"
#include "metrics/inception_score.hpp"
#include "metrics/kernel_distance.hpp"
#include "metrics/precision_recall.hpp"
#include "metrics/sliced_wasserstein.hpp"
#include "support/golden.hpp"

namespace {

using namespace mf;

class GoldenMetrics : public testing::TestWithParam<int> {
  protected:
    MatrixView view(const std::vector<float>& values, const std::string& name) const {
        return as_rows(values, golden_.at(name).shape.back());
    }
    void expect(double value, const std::string& name) const {
        const double expected = golden_.at(name).scalar();
        EXPECT_NEAR(value, expected, 1e-6 * std::abs(expected)) << name;
    }
    void expect_all(const std::vector<double>& values, const std::string& name) const {
        const std::vector<double>& expected = golden_.at(name).values;
        ASSERT_EQ(values.size(), expected.size()) << name;
        for (std::size_t i = 0; i < values.size(); ++i)
            EXPECT_NEAR(values[i], expected[i], 1e-6 * std::abs(expected[i])) << name << " " << i;
    }

    Golden golden_{"metrics.safetensors"};
    std::vector<float> x_data_ = golden_.at("x").floats();
    std::vector<float> y_data_ = golden_.at("y").floats();
    MatrixView x_ = view(x_data_, "x");
    MatrixView y_ = view(y_data_, "y");
    MatrixView half_ = first_rows(y_, 100);
    Team team_{GetParam()};
};

TEST_P(GoldenMetrics, Frechet) {
    const Gaussian a = fit_gaussian(x_, team_);
    const Gaussian b = fit_gaussian(y_, team_);
    const auto close = [&](const std::vector<double>& values, const std::string& name) {
        const std::vector<double>& expected = golden_.at(name).values;
        ASSERT_EQ(values.size(), expected.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            EXPECT_NEAR(values[i], expected[i], 2e-7) << name << " " << i;
    };
    close(a.mean, "mu_x");
    close(b.mean, "mu_y");
    close(a.covariance, "sigma_x");
    close(b.covariance, "sigma_y");
    expect(frechet_terms(a, b, team_).trace_sqrt, "fid.trace_sqrt");
    expect(frechet_distance(a, b, team_), "fid");
    expect(frechet_distance(x_, y_, team_), "fid");
    expect(frechet_distance(x_, half_, team_), "half.fid");
}

TEST_P(GoldenMetrics, FrechetFromStoredMoments) {
    const Gaussian a{golden_.at("mu_x").values, golden_.at("sigma_x").values};
    const Gaussian b{golden_.at("mu_y").values, golden_.at("sigma_y").values};
    expect(frechet_distance(a, b, team_), "fid");
}

TEST_P(GoldenMetrics, InceptionScore) {
    const std::vector<float> data = golden_.at("logits").floats();
    const MatrixView logits = view(data, "logits");
    const std::vector<double>& stored = golden_.at("is.permutation").values;
    const std::vector<std::int64_t> order(stored.begin(), stored.end());
    EXPECT_EQ(legacy_permutation(2020, logits.rows), order);
    for (const int parts : {1, 10}) {
        const std::string key = "is." + std::to_string(parts);
        const InceptionScore plain = inception_score(logits, parts);
        expect(plain.mean, key + ".mean");
        expect(plain.std, key + ".std");
        expect_all(plain.per_part, key + ".per_split");
        const InceptionScore shuffled = inception_score(logits, parts, order);
        expect(shuffled.mean, key + ".permuted.mean");
        expect(shuffled.std, key + ".permuted.std");
        expect_all(shuffled.per_part, key + ".permuted.per_split");
    }
}

TEST_P(GoldenMetrics, KernelDistances) {
    expect(kid(x_, y_, team_), "kid");
    expect(kid(x_, half_, team_), "half.kid");
    const double sigma = median_distance(x_, y_, team_);
    expect(sigma, "mmd.sigma");
    expect(gaussian_mmd2(x_, y_, sigma, team_), "mmd.squared");
    const double half_sigma = median_distance(x_, half_, team_);
    expect(half_sigma, "half.mmd.sigma");
    expect(gaussian_mmd2(x_, half_, half_sigma, team_), "half.mmd.squared");
}

TEST_P(GoldenMetrics, PrecisionAndRecall) {
    const int k = golden_.config().at("k");
    expect_all(neighbour_radii(x_, k, team_), "pr.radius_x");
    expect_all(neighbour_radii(y_, k, team_), "pr.radius_y");
    const PrecisionRecall full = precision_recall(x_, y_, k, team_);
    expect(full.precision, "pr.precision");
    expect(full.recall, "pr.recall");
    const PrecisionRecall half = precision_recall(x_, half_, k, team_);
    expect(half.precision, "half.pr.precision");
    expect(half.recall, "half.pr.recall");
}

TEST_P(GoldenMetrics, SlicedWasserstein) {
    const std::vector<float> data = golden_.at("directions").floats();
    const MatrixView directions = view(data, "directions");
    expect(sliced_wasserstein(x_, y_, directions, 1, team_), "sliced.w1");
    expect(sliced_wasserstein(x_, y_, directions, 2, team_), "sliced.w2");
}

INSTANTIATE_TEST_SUITE_P(Threads, GoldenMetrics, testing::Values(1, 2, 3));

}  // namespace
