// SPDX-License-Identifier: MIT
// Whoever draws samples can end it at any call of the network, and is then as if nothing had been asked for.
#include "core/stop.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "generate/pieces.hpp"
#include "generate/sampling.hpp"
#include "train/config.hpp"

namespace {

using namespace mf;

LoadedModel points_model(Team& team) {
    const std::vector<ConfigItem> items = {{"model.width", "16", ""}, {"model.depth", "2", ""}};
    return initial_model(resolve(items), team);
}

class StopOn : public testing::TestWithParam<int> {};

TEST_P(StopOn, EndsADrawAtTheCallThatIsMeantAndLeavesNothingBehind) {
    Team team(GetParam());
    const LoadedModel model = points_model(team);
    SampleRequest request;
    request.count = 3000;
    request.steps = 50;
    const std::vector<float> whole = draw_samples(model, request, team).values;
    for (const int record : {0, 3}) {
        request.record = record;
        int asked = 0;
        const std::thread::id caller = std::this_thread::get_id();
        request.stop = [&] {
            EXPECT_EQ(std::this_thread::get_id(), caller);
            return ++asked == 7;
        };
        EXPECT_THROW(draw_samples(model, request, team), Stopped);
        EXPECT_EQ(asked, 7);
        request.stop = [] { return false; };
        EXPECT_EQ(draw_samples(model, request, team).values, whole);
    }
}

TEST_P(StopOn, FewSamplesThatAllThreadsShareEndAsWell) {
    Team team(GetParam());
    const LoadedModel model = points_model(team);
    SampleRequest request;
    request.steps = 1000;
    int asked = 0;
    request.stop = [&] { return ++asked == 5; };
    EXPECT_THROW(draw_samples(model, request, team), Stopped);
    EXPECT_EQ(asked, 5);
}

INSTANTIATE_TEST_SUITE_P(Threads, StopOn, testing::Values(1, 2, 3));

TEST(Stop, ComesBetweenPieces) {
    Team team(2);
    const LoadedModel model = points_model(team);
    SampleRequest request;
    request.count = 100000;
    request.piece = 1;
    std::int64_t taken = 0;
    request.stop = [&] { return taken > 0; };
    EXPECT_THROW(
        draw_in_pieces(model, request, team,
                       [&](std::int64_t, const Samples& samples) { taken += std::ssize(samples.values); }),
        Stopped);
    EXPECT_GT(taken, 0);
    EXPECT_LT(taken, 2 * request.count);
}

TEST(Stop, IsAnErrorOfItsOwn) {
    EXPECT_NO_THROW(end_if_asked({}, "nothing"));
    try {
        end_if_asked([] { return true; }, "counting");
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "stopped counting");
    }
}

}  // namespace
