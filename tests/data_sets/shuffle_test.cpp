// SPDX-License-Identifier: MIT
#include "data/shuffle.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.hpp"

namespace {

using namespace mf;

std::vector<std::int64_t> order(std::int64_t size, std::uint64_t seed, std::uint64_t epoch,
                                Stream stream = Stream::data) {
    const Shuffle shuffle(size, seed, stream, epoch);
    std::vector<std::int64_t> out(static_cast<std::size_t>(size));
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = shuffle(static_cast<std::int64_t>(i));
    return out;
}

bool visits_each_once(std::vector<std::int64_t> order) {
    std::ranges::sort(order);
    std::vector<std::int64_t> all(order.size());
    std::iota(all.begin(), all.end(), 0);
    return order == all;
}

TEST(Shuffle, EveryEpochVisitsEveryPictureOnce) {
    for (std::int64_t size = 1; size <= 300; ++size)
        for (const std::uint64_t epoch : {0, 1, 77})
            EXPECT_TRUE(visits_each_once(order(size, 3, epoch))) << size;
    for (const std::int64_t size : {999, 1000, 1023, 1024, 1025, 50000, 60000, 250001})
        EXPECT_TRUE(visits_each_once(order(size, 3, 5))) << size;
}

TEST(Shuffle, TheOrderDependsOnSeedEpochAndStreamAlone) {
    EXPECT_EQ(order(1000, 1, 2), order(1000, 1, 2));
    EXPECT_NE(order(1000, 1, 2), order(1000, 1, 3));
    EXPECT_NE(order(1000, 1, 2), order(1000, 2, 2));
    EXPECT_NE(order(1000, 1, 2), order(1000, 1, 2, Stream::evaluation));
    EXPECT_NE(order(1000, 1, 2), order(1000, 1 + (std::uint64_t{1} << 32), 2));
    EXPECT_NE(order(1000, 1, 2), order(1000, 1, 2 + (std::uint64_t{1} << 32)));
}

TEST(Shuffle, AllOrdersOfAFewAreAsLikely) {
    for (const std::int64_t size : {2, 3, 4}) {
        std::map<std::vector<std::int64_t>, int> seen;
        constexpr int epochs = 24000;
        for (std::uint64_t epoch = 0; epoch < epochs; ++epoch) ++seen[order(size, 9, epoch)];
        const int orders = size == 2 ? 2 : size == 3 ? 6 : 24;
        ASSERT_EQ(static_cast<int>(seen.size()), orders);
        const double due = double{epochs} / orders;
        for (const auto& [which, times] : seen) EXPECT_NEAR(times, due, 4.5 * std::sqrt(due));
    }
}

// Where a picture comes, and what follows it, tell nothing.
TEST(Shuffle, PositionsAndNeighboursAreUniform) {
    constexpr std::int64_t size = 50000;
    std::vector<double> tenths(100);
    double steps = 0;
    for (std::uint64_t epoch = 0; epoch < 10; ++epoch) {
        const auto visits = order(size, 4, epoch);
        for (std::size_t i = 0; i < visits.size(); ++i) {
            tenths[static_cast<std::size_t>(visits[i] * 10 / size * 10) + i * 10 / size] += 1;
            if (i > 0) steps += std::abs(static_cast<double>(visits[i] - visits[i - 1])) / size;
        }
    }
    for (const double n : tenths) EXPECT_NEAR(n, 5000, 4.5 * std::sqrt(5000));
    EXPECT_NEAR(steps / (10 * size), 1.0 / 3, 0.002);
}

TEST(Shuffle, HugeSetsToo) {
    constexpr std::int64_t size = (std::int64_t{1} << 59) + 12345;
    const Shuffle shuffle(size, 1, Stream::data, 0);
    std::set<std::int64_t> seen;
    for (std::int64_t i = 0; i < 1000; ++i) {
        const std::int64_t at = shuffle(size - 1 - i);
        EXPECT_GE(at, 0);
        EXPECT_LT(at, size);
        seen.insert(at);
    }
    EXPECT_EQ(seen.size(), 1000U);
    EXPECT_THROW(Shuffle(0, 1, Stream::data, 0), Error);
}

}  // namespace
