// SPDX-License-Identifier: MIT
// Whole training steps: the same bits for the same seed, the same numbers however the batch is cut.
#include <cstring>

#include "objectives/support.hpp"
#include "train/trainer.hpp"

namespace {

using namespace mf;

std::vector<std::string> small(const std::vector<std::string>& words = {}) {
    std::vector<std::string> out = {"model.width=48", "model.depth=2", "train.batch=300",
                                    "train.steps=40", "train.tile=64", "optim.lr=3e-3"};
    out.insert(out.end(), words.begin(), words.end());
    return out;
}

/// Everything that the next step depends on, copied.
std::vector<std::pair<std::string, Tensor>> copied(Trainer& trainer) {
    std::vector<std::pair<std::string, Tensor>> out;
    for (const auto& [name, tensor] : trainer.state()) {
        Tensor copy(tensor.shape(), tensor.dtype());
        copy.copy_from(tensor);
        out.emplace_back(name, std::move(copy));
    }
    return out;
}

void expect_same_bits(Trainer& a, Trainer& b) {
    const auto left = a.state(), right = b.state();
    ASSERT_EQ(left.size(), right.size());
    for (std::size_t i = 0; i < left.size(); ++i) {
        ASSERT_EQ(left[i].second.bytes(), right[i].second.bytes());
        EXPECT_EQ(std::memcmp(left[i].second.raw(), right[i].second.raw(), left[i].second.bytes()), 0)
            << left[i].first;
    }
}

class EveryObjective : public testing::TestWithParam<std::string> {
  protected:
    std::vector<std::string> words(std::vector<std::string> more = {}) const {
        more.push_back("objective.name=" + GetParam());
        return small(more);
    }
};

TEST_P(EveryObjective, SameSeedAndThreadsSameBits) {
    for (const std::string precision : {"f32", "bf16"}) {
        const Settings settings = settings_of(words({"precision=" + precision, "times.equal_share=0.25"}));
        Trainer a(settings, 2), b(settings, 2);
        for (int i = 0; i < 20; ++i) EXPECT_EQ(a.step().loss, b.step().loss);
        expect_same_bits(a, b);
    }
    Trainer a(settings_of(words()), 2), other(settings_of(words({"seed=1"})), 2);
    EXPECT_NE(a.step().loss, other.step().loss);
}

TEST_P(EveryObjective, GoesOnFromASavedStateToTheBit) {
    const Settings settings = settings_of(
        words({"ema.decays=0.9,0.99", "loss.weight=adaptive", "loss.p_end=0.5", "schedule.name=cosine"}));
    Trainer whole(settings, 2), second(settings, 2);
    for (int i = 0; i < 5; ++i) whole.step();
    second.load(copied(whole), 5);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(whole.step().loss, second.step().loss);
    EXPECT_EQ(second.steps_done(), 10);
    expect_same_bits(whole, second);
}

/// Losses of three steps, and the first step's gradient (Adam's first moment is a tenth of it).
struct Traced {
    std::vector<double> losses;
    std::vector<double> gradient;
};

Traced trace(const std::vector<std::string>& words, int threads) {
    Trainer trainer(settings_of(words), threads);
    Traced out;
    for (int i = 0; i < 3; ++i) {
        out.losses.push_back(trainer.step().loss);
        for (const auto& [name, tensor] : trainer.state())
            if (i == 0 && name == "optimiser.adam.m")
                out.gradient.assign(tensor.floats().begin(), tensor.floats().end());
    }
    return out;
}

TEST_P(EveryObjective, TilesLanesAndThreadsAgree) {
    // One thread on the whole batch at a time, layer by layer: the general engine. All else is to equal it.
    const Traced want = trace(words({"train.lanes=1", "train.tile=0"}), 1);
    for (const auto& [tile, lanes, threads] :
         std::vector<std::tuple<std::string, std::string, int>>{{"64", "0", 2},
                                                                {"64", "1", 2},
                                                                {"0", "1", 2},
                                                                {"37", "0", 2},
                                                                {"64", "0", 1},
                                                                {"1000", "0", 2},
                                                                {"1", "0", 3}}) {
        const Traced got = trace(words({"train.tile=" + tile, "train.lanes=" + lanes}), threads);
        const std::string name = "tile " + tile + " lanes " + lanes + " threads " + std::to_string(threads);
        ASSERT_FALSE(got.gradient.empty());
        expect_near(std::vector<float>(got.gradient.begin(), got.gradient.end()), want.gradient, 1e-5, name);
        for (std::size_t i = 0; i < 3; ++i)
            EXPECT_NEAR(got.losses[i], want.losses[i], 1e-5 * want.losses[i]) << name;
    }
}

TEST_P(EveryObjective, ASteadyStepAsksForNoMemory) {
    Trainer trainer(settings_of(words({"times.equal_share=0.25"})), 2);
    for (int i = 0; i < 3; ++i) trainer.step();
    const std::uint64_t asked = trainer.pool_allocations();
    const std::size_t plan = trainer.plan_bytes();
    for (int i = 0; i < 5; ++i) trainer.step();
    EXPECT_EQ(trainer.pool_allocations(), asked);
    EXPECT_EQ(trainer.plan_bytes(), plan);
}

TEST_P(EveryObjective, Bf16FollowsF32) {
    const Traced fine = trace(words(), 2), coarse = trace(words({"precision=bf16"}), 2);
    expect_near(std::vector<float>(coarse.gradient.begin(), coarse.gradient.end()), fine.gradient, 0.02,
                "gradient");
    for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(coarse.losses[i], fine.losses[i], 5e-3 * fine.losses[i]);
}

INSTANTIATE_TEST_SUITE_P(Training, EveryObjective, testing::Values("fm", "mf", "imf"),
                         [](const testing::TestParamInfo<std::string>& info) { return info.param; });

TEST(Training, TheStableTargetDoesNotDependOnTheTiles) {
    const std::vector<std::string> words =
        small({"objective.name=imf", "objective.target=stable", "objective.references=100"});
    const auto with = [&](const std::string& tile) {
        std::vector<std::string> all = words;
        all.push_back("train.tile=" + tile);
        return trace(all, 2);
    };
    const Traced want = with("0"), got = with("64");
    expect_near(std::vector<float>(got.gradient.begin(), got.gradient.end()), want.gradient, 1e-5,
                "gradient");
}

TEST(Training, ASmallNetworkLearns) {
    Trainer trainer(settings_of({"objective.name=fm", "model.width=64", "model.depth=3", "train.batch=512",
                                 "train.steps=150", "optim.lr=3e-3"}),
                    2);
    double first = 0, last = 0;
    for (int i = 0; i < 150; ++i) {
        const double loss = trainer.step().loss;
        if (i < 10) first += loss / 10;
        if (i >= 130) last += loss / 20;
    }
    fmt::print("  fm on the checkerboard: {:.3f} in the first ten steps, {:.3f} in the last twenty\n", first,
               last);
    EXPECT_LT(last, 0.9 * first);
}

}  // namespace
