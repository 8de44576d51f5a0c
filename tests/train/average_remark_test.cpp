// SPDX-License-Identifier: MIT
#include "train/average_remark.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "ops/cpu/cpu_device.hpp"
#include "optim/ema.hpp"
#include "train/config.hpp"

namespace {

using namespace mf;

Settings with(const std::string& decays, bool warmup = false, const std::string& steps = "200") {
    const std::vector<ConfigItem> items = {{"ema.decays", decays, ""},
                                           {"ema.warmup", warmup ? "true" : "false", ""},
                                           {"train.steps", steps, ""}};
    return resolve(items);
}

TEST(Averages, TheShareOfTheFirstWeightsIsWhatUpdatesLeaveOfThem) {
    Team team(1);
    CpuDevice device(team);
    for (const bool warmup : {false, true})
        for (const double decay : {0.5, 0.9, 0.99}) {
            const std::vector<float> start = {1}, later = {0};
            Ema ema(decay, start);
            for (std::int64_t n = 1; n <= 40; ++n) {
                ema.update(device, view_of(later), warmup ? n : 0);
                EXPECT_NEAR(ema.values().floats()[0], Ema::share_of_start(decay, warmup, n), 1e-5)
                    << decay << ' ' << n << ' ' << warmup;
            }
        }
    EXPECT_EQ(Ema::share_of_start(0.9, false, 0), 1);
    EXPECT_EQ(Ema::share_of_start(0.9, true, 0), 1);
}

TEST(Averages, OneThatHasNotBegunIsSaidToBeSo) {
    const std::string text = average_remark(with("0.9999"), "ema_0.9999", 200);
    EXPECT_EQ(
        text,
        "ema_0.9999 after 200 steps is 98 % what the weights were before the first one: --weights online is "
        "the "
        "better choice now, and ema.warmup=true or a smaller decay (ema.decays=0.977) for the next run");
    EXPECT_NE(average_remark(with("0.9,0.9999"), "ema_0.9999", 200).find("--weights ema_0.9 "),
              std::string::npos);
    EXPECT_NE(average_remark(with("0.9"), "ema_0.9", 0).find("100 %"), std::string::npos);
}

TEST(Averages, OneThatHasBegunIsNot) {
    EXPECT_EQ(average_remark(with("0.9999"), "online", 200), "");
    EXPECT_EQ(average_remark(with("0.9999"), "ema_0.9999", 23100), "");  // 9.9 %
    EXPECT_NE(average_remark(with("0.9999"), "ema_0.9999", 22900), "");  // 10.1 %
    EXPECT_EQ(average_remark(with("0.9999", true), "ema_0.9999", 200), "");
    EXPECT_EQ(average_remark(with("0.99"), "ema_0.99", 250), "");
}

TEST(Averages, ARunThatIsTooShortIsToldBeforeItBegins) {
    EXPECT_EQ(
        planned_average_remark(with("0.9,0.9999")),
        "samples are drawn from ema_0.9999, which will still be 98 % the first weights after all 200 steps: "
        "ema.warmup=true or a smaller decay (ema.decays=0.977) would do better");
    EXPECT_EQ(planned_average_remark(with("0.9999", true)), "");
    EXPECT_EQ(planned_average_remark(with("")), "");
    // What it proposes is enough.
    EXPECT_EQ(planned_average_remark(with("0.977")), "");
    EXPECT_EQ(planned_average_remark(with("0.9", false, "3")).find("ema.decays=0.1)") == std::string::npos,
              false);
    EXPECT_EQ(planned_average_remark(with("0.1", false, "3")), "");
}

}  // namespace
