// SPDX-License-Identifier: MIT
#include "train/lane.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"

namespace mf {
namespace {

TEST(LanePlanTest, FewRowsAreSharedByTheThreads) {
    const auto plan = [](int lanes, int tile, int batch, int threads, int tile_rows) {
        const LanePlan got = plan_lanes(lanes, tile, batch, threads, tile_rows);
        return std::pair(got.lanes, got.tile);
    };
    using Pair = std::pair<std::int64_t, std::int64_t>;
    EXPECT_EQ(plan(0, -1, 4096, 2, 128), Pair(2, 128));
    EXPECT_EQ(plan(0, 0, 64, 2, 128), Pair(2, 64));
    EXPECT_EQ(plan(0, 100, 64, 2, 128), Pair(2, 100));
    EXPECT_EQ(plan(0, -1, 8, 8, 8), Pair(8, 8));
    EXPECT_EQ(plan(0, -1, 7, 8, 8), Pair(1, 8)) << "fewer rows than threads: they share the ops";
    EXPECT_EQ(plan(0, -1, 1, 2, 8), Pair(1, 8));
    EXPECT_EQ(plan(8, -1, 7, 8, 8), Pair(8, 8)) << "what is asked for is done";
    EXPECT_EQ(plan(1, 0, 64, 2, 8), Pair(1, 64));
    EXPECT_THROW(plan(3, -1, 64, 2, 8), UsageError);
}

}  // namespace
}  // namespace mf
