// SPDX-License-Identifier: MIT
#include "tensor/pool.hpp"

#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

#include "tensor/tensor.hpp"

namespace {

using namespace mf;

TEST(Pool, GivesAlignedBlocksOfAtLeastTheSizeAndAtMostAQuarterMore) {
    Pool pool;
    for (std::size_t bytes = 0; bytes < 5000; bytes += 37) {
        Block* block = pool.take(bytes);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block->data()) % 64, 0U);
        EXPECT_GE(block->bytes, bytes);
        EXPECT_LE(block->bytes, std::max<std::size_t>(128, bytes + bytes / 4 + 64)) << bytes;
        std::memset(block->data(), 1, block->bytes);
        pool.give_back(block);
    }
}

TEST(Pool, KeepsBlocksForTheNextStep) {
    Pool pool;
    const auto step = [&] {
        const Tensor a({64, 128}, DType::f32, &pool), b({64, 2}, DType::f32, &pool);
        { const Tensor c({64, 128}, DType::bf16, &pool); }
        const Tensor d({63, 127}, DType::f32, &pool);
        return pool.in_use_bytes();
    };
    const std::size_t in_use = step();
    const std::uint64_t asked = pool.system_allocations();
    const std::size_t reserved = pool.reserved_bytes();
    EXPECT_EQ(asked, 4U);
    EXPECT_GE(in_use, 4 * (64U * 128 + 64 * 2 + 63 * 127));
    EXPECT_GE(pool.peak_bytes(), in_use);
    EXPECT_GE(reserved, pool.peak_bytes());
    for (int i = 0; i < 10; ++i) EXPECT_EQ(step(), in_use);
    EXPECT_EQ(pool.system_allocations(), asked);
    EXPECT_EQ(pool.reserved_bytes(), reserved);
    EXPECT_EQ(pool.in_use_bytes(), 0U);
}

TEST(Pool, ALargerFreeBlockServesUpToTwiceTheSizeAsked) {
    Pool pool;
    { const Tensor large({64, 64}, DType::f32, &pool); }
    { const Tensor smaller({33, 64}, DType::f32, &pool); }
    EXPECT_EQ(pool.system_allocations(), 1U);
    { const Tensor small({15, 64}, DType::f32, &pool); }
    EXPECT_EQ(pool.system_allocations(), 2U);
    { const Tensor both({64, 64}, DType::f32, &pool), at_once({15, 64}, DType::f32, &pool); }
    EXPECT_EQ(pool.system_allocations(), 2U);
    EXPECT_EQ(pool.in_use_bytes(), 0U);
}

TEST(Pool, ABlockGoesBackWithItsLastTensor) {
    Pool pool;
    Tensor a({8, 8}, DType::f32, &pool);
    Tensor rows = a.row_range(2, 4);
    EXPECT_FALSE(a.unique());
    a = Tensor();
    EXPECT_GT(pool.in_use_bytes(), 0U);
    EXPECT_TRUE(rows.unique());
    rows = Tensor();
    EXPECT_EQ(pool.in_use_bytes(), 0U);
}

TEST(Pool, GuardsSeeWritesBeyondTheEndAndFreshMemoryIsNan) {
    Pool pool(true);
    for (const std::int64_t count : {1, 15, 16, 100, 1000}) {
        Tensor inside({count}, DType::f32, &pool);
        for (const float number : inside.floats()) EXPECT_TRUE(std::isnan(number));
        inside.fill(1);
    }
    EXPECT_EQ(pool.overruns(), 0U);
    for (const std::int64_t count : {1, 15, 16, 100, 1000}) {
        Tensor beyond({count}, DType::f32, &pool);
        std::memset(beyond.f32() + count, 0, 1);
    }
    EXPECT_EQ(pool.overruns(), 5U);
}

TEST(Pool, RefusesWhatNoMachineHas) {
    Pool pool;
    EXPECT_THROW(pool.take(std::size_t{1} << 62), Error);
    EXPECT_EQ(pool.in_use_bytes(), 0U);
}

}  // namespace
