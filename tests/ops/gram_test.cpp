// SPDX-License-Identifier: MIT
#include <vector>

#include <gtest/gtest.h>

#include "core/rng.hpp"
#include "ops/cpu/gemm.hpp"

namespace {

using namespace mf;

Tensor drawn_matrix(std::int64_t rows, std::int64_t cols, std::uint64_t seed) {
    Tensor out({rows, cols}, DType::f32);
    Random(seed, Stream::test).normal_vector(out.f32(), rows * cols, 0);
    return out;
}

std::vector<float> values_of(const Tensor& x) { return {x.floats().begin(), x.floats().end()}; }

/// Yᵀ Y as the product of a matrix and another one.
Tensor as_a_product(Team& team, const Tensor& y, DType factors) {
    const std::int64_t k = y.rows(), n = y.cols();
    Tensor turned({n, k}, DType::f32), out = Tensor::zeros({n, n});
    for (std::int64_t i = 0; i < k; ++i)
        for (std::int64_t j = 0; j < n; ++j) turned.f32()[j * k + i] = y.f32()[i * n + j];
    Tensor left({n, k}, factors);
    left.copy_from(turned);
    cpu::Panels panels;
    cpu::pack(panels, {y.f32(), k, n, n, 1}, factors);
    cpu::multiply(team, {&left, &out, nullptr}, {nullptr, nullptr, nullptr}, panels);
    return out;
}

TEST(Gram, HasTheBitsOfTheWholeProduct) {
    for (const int threads : {1, 3}) {
        Team team(threads);
        for (const DType factors : {DType::f32, DType::bf16})
            for (const auto& [k, n] : std::vector<std::pair<std::int64_t, std::int64_t>>{
                     {2, 1}, {16, 16}, {18, 33}, {70, 34}, {128, 128}, {6, 100}}) {
                const Tensor y = drawn_matrix(k, n, 5);
                cpu::Panels panels;
                cpu::pack(panels, {y.f32(), k, n, n, 1}, factors);
                Tensor got = drawn_matrix(n, n, 6);  // what stood there is no matter
                cpu::gram(team, got, panels);
                EXPECT_EQ(values_of(got), values_of(as_a_product(team, y, factors)))
                    << k << " x " << n << ", " << threads << " threads";
            }
    }
}

TEST(Gram, RefusesAResultOfAnotherSize) {
    Team team(1);
    const Tensor y = drawn_matrix(4, 6, 1);
    cpu::Panels panels;
    cpu::pack(panels, {y.f32(), 4, 6, 6, 1}, DType::f32);
    Tensor out = Tensor::zeros({6, 4});
    EXPECT_THROW(cpu::gram(team, out, panels), Error);
}

}  // namespace
