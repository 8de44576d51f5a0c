// SPDX-License-Identifier: MIT
#include "ops/cpu/byte_gemm.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/rng.hpp"

namespace {

using namespace mf;

Tensor random_matrix(std::int64_t rows, std::int64_t cols, std::uint64_t seed, DType dtype = DType::f32) {
    Tensor out({rows, cols}, DType::f32);
    Random(seed, Stream::test).normal_vector(out.f32(), rows * cols, 0);
    if (dtype == DType::f32) return out;
    Tensor half(out.shape(), dtype);
    half.copy_from(out);
    return half;
}

struct Weights {
    Tensor bytes, scales;
    cpu::BytePanels panels;
    explicit Weights(const Tensor& w) {
        cpu::quantise_rows(w, bytes, scales);
        cpu::pack(panels, bytes, scales);
    }
    int at(std::int64_t row, std::int64_t i) const {
        return static_cast<const std::uint8_t*>(bytes.raw())[row * panels.k + i] - 128;
    }
};

Tensor product(Team& team, const Tensor& x, const Weights& w, const float* bias = nullptr) {
    Pool pool;
    Tensor y({x.rows(), w.panels.n}, DType::f32);
    y.fill(7);  // what stood there is no matter
    cpu::multiply(team, cpu::quantised(team, pool, x), y, bias, w.panels);
    return y;
}

std::vector<float> numbers_of(const Tensor& x) { return {x.floats().begin(), x.floats().end()}; }

/// The rule of the header in plain words: whole numbers in 64 bits, rounded once.
double expected(const std::vector<float>& x, const Weights& w, std::int64_t column) {
    float most = 0;
    for (const float v : x) most = std::max(most, std::abs(v));
    if (most < 1e-30F) return 0;
    const float inverse = 127.0F / most;
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
        sum += std::llrint(x[i] * inverse) * w.at(column, static_cast<std::int64_t>(i));
    return static_cast<double>(most / 127.0F) * w.scales.f32()[column] * static_cast<double>(sum);
}

const std::vector<std::vector<std::int64_t>> kSizes = {
    {1, 1, 1},    {2, 3, 5},     {12, 4, 32},  {13, 5, 33},   {6, 16, 31},   {7, 17, 64},
    {25, 63, 65}, {1, 130, 100}, {40, 48, 96}, {300, 33, 70}, {11, 2048, 48}};

TEST(ByteGemm, IsTheWholeProductOfTheQuantisedNumbers) {
    Team team(2);
    for (const auto& size : kSizes) {
        const std::int64_t m = size[0], k = size[1], n = size[2];
        for (const DType dtype : {DType::f32, DType::bf16}) {
            const Tensor x = random_matrix(m, k, 1, dtype), bias = random_matrix(1, n, 3);
            Tensor wide(x.shape(), DType::f32);
            wide.copy_from(x);
            const Weights w(random_matrix(n, k, 2));
            const Tensor y = product(team, x, w), with_bias = product(team, x, w, bias.f32());
            for (std::int64_t i = 0; i < m; ++i) {
                const std::vector<float> row(wide.f32() + i * k, wide.f32() + (i + 1) * k);
                for (std::int64_t j = 0; j < n; ++j) {
                    const double want = expected(row, w, j);
                    const float got = y.f32()[i * n + j];
                    // Three roundings of f32, whatever the number of terms.
                    ASSERT_NEAR(got, want, 3e-7 * std::abs(want))
                        << m << " x " << k << " x " << n << " at " << i << ", " << j;
                    ASSERT_NEAR(with_bias.f32()[i * n + j], want + bias.f32()[j],
                                5e-7 * (1 + std::abs(want)));
                }
            }
        }
    }
}

TEST(ByteGemm, IsNearTheProductOfTheNumbersThemselves) {
    Team team(2);
    const std::int64_t m = 31, k = 768, n = 70;
    const Tensor x = random_matrix(m, k, 1), w = random_matrix(n, k, 2);
    const Tensor y = product(team, x, Weights(w));
    double squares = 0, error = 0;
    for (std::int64_t i = 0; i < m; ++i)
        for (std::int64_t j = 0; j < n; ++j) {
            double want = 0;
            for (std::int64_t l = 0; l < k; ++l)
                want += static_cast<double>(x.f32()[i * k + l]) * w.f32()[j * k + l];
            squares += want * want;
            error += std::pow(y.f32()[i * n + j] - want, 2);
        }
    // Of steps of about 3.2 / 127 each number is wrong by 1 / sqrt(12): 0.7 % of one, in x and in w.
    EXPECT_LT(std::sqrt(error / squares), 0.013);
    EXPECT_GT(std::sqrt(error / squares), 0.005);
}

TEST(ByteGemm, TheLargestNumbersDoNotOverflow) {
    Team team(2);
    for (const std::int64_t k : {2L, 64L, 2048L, cpu::kMostByteColumns}) {
        Tensor x({3, k}, DType::f32), w({33, k}, DType::f32);
        x.fill(2), w.fill(3);
        for (std::int64_t i = 0; i < k; ++i) x.f32()[k + i] = -2;
        for (std::int64_t i = 0; i < k; ++i) w.f32()[k + i] = -3;
        const Tensor y = product(team, x, Weights(w));
        const auto all = static_cast<float>(6 * k);
        EXPECT_FLOAT_EQ(y.f32()[0], all);
        EXPECT_FLOAT_EQ(y.f32()[1], -all);
        EXPECT_FLOAT_EQ(y.f32()[33], -all);
        EXPECT_FLOAT_EQ(y.f32()[34], all);
        EXPECT_FLOAT_EQ(y.f32()[2 * 33 + 32], all);
    }
    EXPECT_THROW((Weights(random_matrix(1, cpu::kMostByteColumns + 1, 1))), Error);
}

TEST(ByteGemm, ARowHasTheSameBitsAloneInABatchAndWithAnyThreads) {
    const std::int64_t m = 301, k = 70, n = 90;
    const Tensor x = random_matrix(m, k, 1);
    const Weights w(random_matrix(n, k, 2));
    Team one(1);
    const std::vector<float> all = numbers_of(product(one, x, w));
    for (const int threads : {2, 3, 7}) {
        Team team(threads);
        EXPECT_EQ(numbers_of(product(team, x, w)), all) << threads;
    }
    for (const std::int64_t row : {0L, 11L, 12L, 299L, 300L}) {
        const Tensor y = product(one, x.row_range(row, row + 1), w);
        EXPECT_EQ(numbers_of(y), std::vector<float>(all.begin() + row * n, all.begin() + (row + 1) * n))
            << row;
    }
}

TEST(ByteGemm, AnyByteOfAFileCounts) {
    // Also 0, which quantise_rows never writes.
    Team team(1);
    Tensor bytes({3, 5}, DType::u8), scales({3}, DType::f32), x({1, 5}, DType::f32);
    const std::vector<std::uint8_t> given = {0, 255, 128, 1, 127, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0};
    std::copy(given.begin(), given.end(), static_cast<std::uint8_t*>(bytes.raw()));
    scales.fill(0.5F);
    for (int i = 0; i < 5; ++i) x.f32()[i] = i == 0 ? 127.0F : static_cast<float>(10 * i);
    cpu::BytePanels panels;
    cpu::pack(panels, bytes, scales);
    Pool pool;
    Tensor y({1, 3}, DType::f32);
    cpu::multiply(team, cpu::quantised(team, pool, x), y, nullptr, panels);
    EXPECT_FLOAT_EQ(y.f32()[0], 0.5F * (-128 * 127 + 127 * 10 - 127 * 30 - 40));
    EXPECT_FLOAT_EQ(y.f32()[1], 0.5F * 127 * 227);
    EXPECT_FLOAT_EQ(y.f32()[2], -0.5F * 128 * 227);
    const Tensor wide = cpu::widened(bytes, scales);
    EXPECT_EQ(wide.f32()[0], -64.0F);
    EXPECT_EQ(wide.f32()[1], 63.5F);
}

TEST(ByteGemm, ZerosStayZerosAndNaNStaysNaN) {
    Team team(2);
    Tensor x = random_matrix(4, 20, 1);
    std::fill_n(x.f32(), 20, 0.0F);
    x.f32()[20 + 3] = std::numeric_limits<float>::quiet_NaN();
    x.f32()[40 + 19] = -std::numeric_limits<float>::infinity();
    Tensor w = random_matrix(40, 20, 2);
    std::fill_n(w.f32(), 20, 0.0F);
    std::fill_n(w.f32() + 20, 20, 1e-35F);
    const Weights weights(w);
    EXPECT_EQ(weights.scales.f32()[0], 1.0F);
    const Tensor y = product(team, x, weights);
    for (std::int64_t j = 0; j < 40; ++j) {
        EXPECT_EQ(y.f32()[j], 0.0F);
        EXPECT_TRUE(std::isnan(y.f32()[40 + j]) && std::isnan(y.f32()[80 + j]));
        EXPECT_TRUE(std::isfinite(y.f32()[120 + j]));
    }
    EXPECT_EQ(y.f32()[120], 0.0F);
    EXPECT_EQ(y.f32()[121], 0.0F);
    w.f32()[7] = std::numeric_limits<float>::infinity();
    EXPECT_THROW((Weights(w)), Error);
}

TEST(ByteGemm, RefusesOtherSizes) {
    Team team(1);
    Pool pool;
    const Weights w(random_matrix(8, 6, 1));
    Tensor y({2, 8}, DType::f32), narrow({2, 7}, DType::f32);
    const cpu::ByteRows x = cpu::quantised(team, pool, random_matrix(2, 6, 2)),
                        longer = cpu::quantised(team, pool, random_matrix(2, 7, 2));
    EXPECT_THROW(cpu::multiply(team, longer, y, nullptr, w.panels), Error);
    EXPECT_THROW(cpu::multiply(team, x, narrow, nullptr, w.panels), Error);
    cpu::BytePanels panels;
    EXPECT_THROW(cpu::pack(panels, w.bytes, random_matrix(1, 7, 3).reshaped({7})), Error);
    EXPECT_THROW(cpu::pack(panels, random_matrix(8, 6, 1), w.scales), Error);
}

}  // namespace
