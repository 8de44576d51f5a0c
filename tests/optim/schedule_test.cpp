// SPDX-License-Identifier: MIT
#include "optim/schedule.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"

namespace mf {
namespace {

TEST(Schedule, StaysAndThenCoolsDownLinearly) {
    const Schedule schedule{.base = 2, .warmup = 10, .floor = 0.1, .total = 100, .cooldown = 20};
    EXPECT_DOUBLE_EQ(schedule.at(5), 1);
    EXPECT_DOUBLE_EQ(schedule.at(10), 2);
    EXPECT_DOUBLE_EQ(schedule.at(80), 2);
    EXPECT_DOUBLE_EQ(schedule.at(90), 2 * (0.9 * 0.5 + 0.1));
    EXPECT_DOUBLE_EQ(schedule.at(99), 2 * (0.9 * 0.05 + 0.1));
    EXPECT_DOUBLE_EQ(schedule.at(100), 0.2);
    EXPECT_DOUBLE_EQ(schedule.at(1000), 0.2);
}

TEST(Schedule, IsConstantWithoutACooldown) {
    const Schedule schedule{.base = 3, .total = 100};
    for (const std::int64_t k : {0, 50, 99, 100, 1000}) EXPECT_EQ(schedule.at(k), 3);
}

TEST(Schedule, CosineWithACooldownIsRefused) {
    Settings settings(Schedule::options());
    settings.extend({{"optim.lr", OptionKind::real, "1", "", 0}});
    settings.set("schedule.name", "cosine");
    settings.set("schedule.cooldown", "5");
    EXPECT_THROW(Schedule::make(settings, 10), UsageError);
}

}  // namespace
}  // namespace mf
