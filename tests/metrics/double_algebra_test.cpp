// SPDX-License-Identifier: MIT
// Products, eigenvalues and square roots in double precision, where the answer is known.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/rng.hpp"
#include "metrics/gaussian_fit.hpp"
#include "metrics/product_f64.hpp"
#include "metrics/symmetric_eigenvalues.hpp"
#include "metrics/trace_sqrt.hpp"

namespace {

using namespace mf;

std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

std::vector<double> random_doubles(std::int64_t count, std::uint64_t seed) {
    std::vector<float> floats(size(count));
    Random(seed, Stream::test).normal_vector(floats.data(), count, 0);
    return {floats.begin(), floats.end()};
}

/// Q D Q with the reflection Q = 1 - 2 v v^T: eigenvalues D, and the same Q for the same size.
std::vector<double> with_eigenvalues(const std::vector<double>& values) {
    const auto d = static_cast<std::int64_t>(values.size());
    std::vector<double> v = random_doubles(d, 3), q(size(d * d)), out(size(d * d));
    double square = 0;
    for (const double x : v) square += x * x;
    for (std::int64_t i = 0; i < d; ++i)
        for (std::int64_t j = 0; j < d; ++j)
            q[size(i * d + j)] = (i == j) - 2 * v[size(i)] * v[size(j)] / square;
    for (std::int64_t i = 0; i < d; ++i)
        for (std::int64_t j = 0; j <= i; ++j) {
            double sum = 0;
            for (std::int64_t k = 0; k < d; ++k)
                sum += q[size(i * d + k)] * values[size(k)] * q[size(j * d + k)];
            out[size(i * d + j)] = out[size(j * d + i)] = sum;
        }
    return out;
}

TEST(DoubleProduct, AgreesWithPlainLoopsAtOddSizes) {
    Team team(2);
    for (const auto& [m, n, k] :
         {std::array<std::int64_t, 3>{1, 1, 1}, {3, 17, 5}, {33, 31, 276}, {129, 65, 513}}) {
        const auto a = random_doubles(m * k, 1), b = random_doubles(k * n, 2);
        std::vector<double> turned(size(m * k));
        for (std::int64_t i = 0; i < m; ++i)
            for (std::int64_t l = 0; l < k; ++l) turned[size(l * m + i)] = a[size(i * k + l)];
        std::vector<double> c(size(m * (n + 1)), 7), d = c;
        multiply(c.data(), n + 1, {a.data(), k}, {b.data(), n}, m, n, k, Part::whole, team);
        multiply(d.data(), n + 1, {turned.data(), m, true}, {b.data(), n}, m, n, k, Part::lower, team);
        for (std::int64_t i = 0; i < m; ++i) {
            for (std::int64_t j = 0; j < n; ++j) {
                double sum = 0;
                for (std::int64_t l = 0; l < k; ++l) sum += a[size(i * k + l)] * b[size(l * n + j)];
                ASSERT_NEAR(c[size(i * (n + 1) + j)], sum, 1e-12 * static_cast<double>(k)) << i << " " << j;
                if (j <= i) {
                    ASSERT_EQ(d[size(i * (n + 1) + j)], c[size(i * (n + 1) + j)]) << i << " " << j;
                }
            }
            EXPECT_EQ(c[size(i * (n + 1) + n)], 7) << "wrote behind row " << i;
        }
    }
}

TEST(SymmetricEigenvalues, AreThoseOfTheSecondDifference) {
    Team team(2);
    for (const std::int64_t n : {1, 2, 3, 31, 33, 64, 100, 276}) {
        // 2 on the diagonal and -1 beside it, so 2 - 2 cos(k pi / (n + 1)); turned so that nothing is zero.
        std::vector<double> values;
        for (std::int64_t k = 1; k <= n; ++k)
            values.push_back(
                2 - 2 * std::cos(static_cast<double>(k) * std::numbers::pi / static_cast<double>(n + 1)));
        std::vector<double> dense = with_eigenvalues(values), plain(size(n * n));
        for (std::int64_t i = 0; i < n; ++i) {
            plain[size(i * n + i)] = 2;
            if (i > 0) plain[size(i * n + i - 1)] = -1;
        }
        for (auto* matrix : {&dense, &plain}) {
            const std::vector<double> got = symmetric_eigenvalues(*matrix, n, team);
            for (std::size_t k = 0; k < values.size(); ++k)
                EXPECT_NEAR(got[k], values[k], 1e-13) << n << " " << k;
        }
    }
    std::vector<double> none(9);
    for (const double value : symmetric_eigenvalues(none, 3, team)) EXPECT_EQ(value, 0);
}

TEST(TraceOfTheRoot, IsExactForSingularAndForRoundedCovariances) {
    Team team(2);
    constexpr std::int64_t d = 96;
    const auto expected = [](const std::vector<double>& a, const std::vector<double>& b) {
        double sum = 0;
        for (std::size_t i = 0; i < a.size(); ++i) sum += std::sqrt(std::max(a[i] * b[i], 0.0));
        return sum;
    };
    std::vector<double> whole, front, back, few;
    for (std::int64_t i = 0; i < d; ++i) {
        whole.push_back(0.1 + static_cast<double>(i % 7));
        front.push_back(i < 40 ? 2.0 : 0.0);
        back.push_back(i >= 20 ? 1.0 + static_cast<double>(i) : 0.0);
        few.push_back(i == 30 ? 5.0 : 0.0);
    }
    const std::vector<double> zero(size(d));
    const std::vector<const std::vector<double>*> all = {&whole, &front, &back, &few, &zero};
    for (const auto* a : all)
        for (const auto* b : all) {
            const double want = expected(*a, *b);
            const auto sa = with_eigenvalues(*a), sb = with_eigenvalues(*b);
            EXPECT_NEAR(trace_sqrt_product(sa, sb, d, team), want, 1e-6 * want + 1e-9);
        }
    // As files keep them: rounded to single precision, which makes singular ones a little indefinite.
    const auto rounded = [&](std::vector<double> values) {
        values = with_eigenvalues(values);
        for (double& value : values) value = static_cast<double>(static_cast<float>(value));
        return values;
    };
    const double want = expected(front, back);
    EXPECT_NEAR(trace_sqrt_product(rounded(front), rounded(back), d, team), want, 1e-2 * want);
    EXPECT_NEAR(trace_sqrt_product(rounded(front), with_eigenvalues(whole), d, team), expected(front, whole),
                1e-2 * expected(front, whole));
    EXPECT_THROW(trace_sqrt_product(with_eigenvalues({1, -0.5, 2}), with_eigenvalues({1, 1, 1}), 3, team),
                 Error);
}

TEST(GaussianFit, SameBitsInAnyPortionsAndAfterALoad) {
    constexpr std::int64_t d = 37, n = 1111;
    std::vector<float> rows(size(n * d));
    Random(4, Stream::test).normal_vector(rows.data(), n * d, 0);
    Team team(2), alone(1);
    const Gaussian whole = fit_gaussian(as_rows(rows, d), team);
    GaussianFit fit(d);
    for (std::int64_t at = 0, step = 1; at < n; at += step, step = std::min(3 * step, n - at)) {
        fit.add({rows.data() + at * d, step, d}, alone);
        std::map<std::string, Tensor> state;
        fit.save(state, "x.");
        fit = GaussianFit(d);
        fit.load(state, "x.", "here");
    }
    EXPECT_EQ(fit.rows(), n);
    EXPECT_EQ(fit.finish().mean, whole.mean);
    EXPECT_EQ(fit.finish().covariance, whole.covariance);
    EXPECT_EQ(GaussianFit(d).rows(), 0);
}

TEST(GaussianFit, DamagedStatesAreRefused) {
    Team team;
    std::vector<float> rows(300 * 3, 1.5F);
    GaussianFit fit(3);
    fit.add(as_rows(rows, 3), team);
    std::map<std::string, Tensor> good;
    fit.save(good, "");
    for (const char* name : {"rows", "waiting", "shift", "sum", "products"}) {
        std::map<std::string, Tensor> bad = good;
        bad.erase(name);
        EXPECT_THROW(fit.load(bad, "", "f"), Error) << name;
        bad[name] = Tensor::zeros({2});
        EXPECT_THROW(fit.load(bad, "", "f"), Error) << name;
        bad[name] = Tensor({5, 5}, good[name].dtype());
        EXPECT_THROW(fit.load(bad, "", "f"), Error) << name;
    }
}

}  // namespace
