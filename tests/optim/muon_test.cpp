// SPDX-License-Identifier: MIT
#include "optim/muon.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "core/rng.hpp"
#include "metrics/eigen.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "ops/cpu/orthogonalise.hpp"

namespace {

using namespace mf;

std::vector<float> normal_numbers(std::uint64_t seed, std::size_t count) {
    std::vector<float> out(count);
    Random(seed, Stream::test).normal_vector(out.data(), static_cast<std::int64_t>(count), 0);
    return out;
}

Tensor random_matrix(std::int64_t rows, std::int64_t cols, std::uint64_t seed) {
    Tensor out({rows, cols}, DType::f32);
    const std::vector<float> numbers = normal_numbers(seed, static_cast<std::size_t>(rows * cols));
    std::copy(numbers.begin(), numbers.end(), out.f32());
    return out;
}

/// a bᵀ or, where that is smaller, aᵀ b.
Eigen::MatrixXd of_small_side(const Tensor& a, const Tensor& b) {
    const std::int64_t rows = a.rows(), cols = a.cols();
    const bool tall = rows > cols;
    const auto at = [&](const Tensor& x, std::int64_t side, std::int64_t k) {
        return static_cast<double>(tall ? x.f32()[k * cols + side] : x.f32()[side * cols + k]);
    };
    const std::int64_t n = std::min(rows, cols), m = std::max(rows, cols);
    Eigen::MatrixXd out(n, n);
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < n; ++j) {
            double sum = 0;
            for (std::int64_t k = 0; k < m; ++k) sum += at(a, i, k) * at(b, j, k);
            out(i, j) = sum;
        }
    return out;
}

std::vector<float> numbers_of(const Tensor& x) { return {x.floats().begin(), x.floats().end()}; }

constexpr std::pair<std::int64_t, std::int64_t> kShapes[] = {{16, 16}, {17, 16},   {33, 70},
                                                             {70, 34}, {128, 320}, {21, 47}};

TEST(Orthogonaliser, KeepsSingularVectorsAndBringsValuesNearOne) {
    Team team(2);
    for (const DType factors : {DType::f32, DType::bf16})
        for (const auto& [rows, cols] : kShapes) {
            Tensor x = random_matrix(rows, cols, 7);
            const Tensor before = random_matrix(rows, cols, 7);
            Orthogonaliser(factors).run(team, x);
            const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> squares(of_small_side(x, x),
                                                                         Eigen::EigenvaluesOnly);
            EXPECT_LT(squares.eigenvalues().maxCoeff(), 1.25 * 1.25) << rows << " x " << cols;
            // The smallest values of a square matrix need more than five iterations.
            const bool square = std::abs(rows - cols) < 2;
            EXPECT_GT(squares.eigenvalues().minCoeff(), square ? 0.0 : 0.6 * 0.6) << rows << " x " << cols;
            // With the singular vectors U of `before`, x beforeᵀ = U (s_x s) Uᵀ: symmetric, with eigenvalues above 0.
            const Eigen::MatrixXd mixed = of_small_side(x, before);
            double skew = 0, most = 0;
            for (std::int64_t i = 0; i < mixed.rows(); ++i)
                for (std::int64_t j = 0; j < i; ++j) {
                    skew = std::max(skew, std::abs(mixed(i, j) - mixed(j, i)));
                    most = std::max(most, std::abs(mixed(i, i)));
                }
            EXPECT_LT(skew / most, factors == DType::f32 ? 1e-5 : 0.03) << rows << " x " << cols;
            const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> products(mixed, Eigen::EigenvaluesOnly);
            EXPECT_GT(products.eigenvalues().minCoeff(), 0) << rows << " x " << cols;
        }
}

TEST(Orthogonaliser, ServesOneMatrixAfterTheOtherAndLeavesZeroAlone) {
    Team team(1);
    Orthogonaliser kept;
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
        Tensor with_kept = random_matrix(20, 50, seed), with_new = random_matrix(20, 50, seed);
        kept.run(team, with_kept);
        Orthogonaliser().run(team, with_new);
        EXPECT_EQ(numbers_of(with_kept), numbers_of(with_new));
    }
    Tensor zero = Tensor::zeros({20, 50});
    kept.run(team, zero);
    EXPECT_EQ(numbers_of(zero), std::vector<float>(20 * 50));
}

/// Three steps of Muon on two matrices, a small one, a bias; returns the weights.
std::vector<float> after_three_steps(int threads, DType factors) {
    ParamStore store;
    store.add("wide", {24, 60}, true);
    store.add("bias", {24});
    store.add("tall", {50, 18}, true);
    store.add("few_rows", {4, 60}, true);
    store.freeze();
    const auto size = static_cast<std::size_t>(store.count());
    const std::vector<float> first = normal_numbers(1, size);
    std::copy(first.begin(), first.end(), store.flat().begin());
    Muon muon(
        {.adam = {.weight_decay = 0.1}, .lr = 1e-3, .muon_lr = 0.02, .momentum = 0.9, .factors = factors},
        store);
    Team team(threads);
    CpuDevice device(team);
    for (int step = 0; step < 3; ++step) {
        const std::vector<float> gradients = normal_numbers(10 + static_cast<std::uint64_t>(step), size);
        muon.update(device, store.whole(), view_of(gradients), step, 1e-3, 0.5);
    }
    return {store.flat().begin(), store.flat().end()};
}

TEST(Muon, GivesTheSameBitsForAnyNumberOfThreads) {
    for (const DType factors : {DType::f32, DType::bf16}) {
        const std::vector<float> alone = after_three_steps(1, factors);
        EXPECT_EQ(after_three_steps(2, factors), alone);
        EXPECT_EQ(after_three_steps(3, factors), alone);
    }
}

TEST(Muon, AFirstStepMovesAMatrixByItsRateAndDecay) {
    ParamStore store;
    store.add("tall", {64, 16}, true);
    store.freeze();
    store.flat()[5] = 3;
    Muon muon({.adam = {.weight_decay = 0.1}, .lr = 1e-3, .muon_lr = 0.02, .momentum = 0.9}, store);
    Team team(1);
    CpuDevice device(team);
    const std::vector<float> gradients = normal_numbers(2, 64 * 16);
    muon.update(device, store.whole(), view_of(gradients), 0, 0.5e-3, 1);  // half of the base rate
    Tensor direction({64, 16}, DType::f32);
    std::copy(gradients.begin(), gradients.end(), direction.f32());
    Orthogonaliser().run(team, direction);
    for (std::size_t i = 0; i < gradients.size(); ++i) {
        const float kept = i == 5 ? 3 * (1 - 0.01F * 0.1F) : 0;
        EXPECT_NEAR(store.flat()[i], kept - 0.01F * 2 * direction.f32()[i], 1e-5) << i;
    }
}

}  // namespace
