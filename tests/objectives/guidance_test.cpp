// SPDX-License-Identifier: MIT
// Guidance inside the objective: what is left out does not change a bit of meaning, and dropped labels teach the null
// class.
#include "objectives/parts/guidance.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "ops/cpu/cpu_device.hpp"
#include "train/config.hpp"
#include "train/trainer.hpp"

namespace {

using namespace mf;

Settings guided_settings(std::vector<std::string> words) {
    for (const char* word : {"data.name=shapes", "data.size=8", "model.size=T", "model.patch=4",
                             "model.hidden=32", "model.depth=2", "model.heads=2", "train.batch=24",
                             "train.steps=4", "times.name=logit_normal", "times.equal_share=0.5"})
        words.insert(words.begin(), word);
    std::vector<ConfigItem> items;
    for (const std::string& word : words) items.push_back(parse_override(word));
    return resolve(items);
}

/// The weights after four steps. The first steps leave the zero-initialised final layers.
std::vector<float> trained(const std::vector<std::string>& words, int threads = 1) {
    Trainer trainer(guided_settings(words), threads);
    for (int i = 0; i < 4; ++i) trainer.step();
    const auto values = trainer.weights().front().values;
    return {values.begin(), values.end()};
}

double distance(const std::vector<float>& a, const std::vector<float>& b) {
    double difference = 0, size = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        difference += (static_cast<double>(a[i]) - b[i]) * (static_cast<double>(a[i]) - b[i]);
        size += static_cast<double>(a[i]) * a[i];
    }
    return std::sqrt(difference / size);
}

const std::vector<std::vector<std::string>>& variants() {
    static const std::vector<std::vector<std::string>> all = {
        {"model.name=mit", "objective.name=imf", "objective.tangent=head", "objective.guidance=flexible"},
        {"model.name=mit", "objective.name=imf", "objective.tangent=self", "objective.guidance=flexible",
         "model.head_depth=1"},
        {"model.name=mit", "objective.name=imf", "objective.tangent=head", "objective.guidance=fixed",
         "objective.omega=3"},
        {"model.name=dit", "objective.name=mf", "objective.guidance=mix", "objective.omega=2",
         "objective.kappa=0.5", "objective.t_end=0.7"},
    };
    return all;
}

TEST(Guidance, SavingsDoNotChangeTheTraining) {
    for (const auto& variant : variants()) {
        std::vector<std::string> without = variant;
        without.emplace_back("objective.saving=false");
        EXPECT_LT(distance(trained(variant), trained(without)), 1e-6) << variant[0] << " " << variant[3];
    }
}

TEST(Guidance, SavingsComputeFewerRows) {
    const auto rows = [](const char* saving) {
        Trainer trainer(guided_settings({"model.name=mit", "objective.name=imf", "objective.tangent=head",
                                         "objective.guidance=flexible", saving}),
                        1);
        trainer.step();
        return trainer.flops_per_step();
    };
    EXPECT_LT(rows("objective.saving=true"), 0.97 * rows("objective.saving=false"));
}

TEST(Guidance, EveryThreadCountTrainsTheSame) {
    for (const auto& variant : variants())
        EXPECT_LT(distance(trained(variant, 1), trained(variant, 2)), 1e-5) << variant[3];
    const std::vector<float> once = trained(variants()[0], 2), again = trained(variants()[0], 2);
    EXPECT_EQ(once, again);
}

TEST(Recompute, SameTrainingInLessMemory) {
    for (auto variant : variants()) {
        variant.insert(variant.end(), {"model.depth=6", "train.tile=0"});
        Trainer kept(guided_settings(variant), 1);
        variant.emplace_back("train.recompute=true");
        Trainer again(guided_settings(variant), 1);
        for (int i = 0; i < 3; ++i) EXPECT_NEAR(kept.step().loss, again.step().loss, 1e-5) << variant[3];
        const auto a = kept.weights().front().values, b = again.weights().front().values;
        EXPECT_LT(distance({a.begin(), a.end()}, {b.begin(), b.end()}), 1e-5) << variant[3];
        EXPECT_LT(again.plan_bytes(), kept.plan_bytes()) << variant[3];
        const std::uint64_t before = again.pool_allocations();
        again.step();
        EXPECT_EQ(again.pool_allocations(), before);
    }
}

TEST(Guidance, StrengthOneIsNoGuidance) {
    // ω_max = 1: every strength is 1, so that v_g = v; only the inputs are there.
    std::vector<std::string> one = variants()[0], none = variants()[0];
    one.insert(one.end(), {"objective.omega_max=1", "objective.class_dropout=0", "objective.interval=false"});
    none[3] = "objective.guidance=none";
    none.emplace_back("objective.class_dropout=0");
    EXPECT_LT(distance(trained(one), trained(none)), 1e-6);
}

TEST(Guidance, DropsTheShareOfLabelsThatWasAsked) {
    Pool pool;
    Team team(1);
    CpuDevice device(team);
    const Context context{device, pool, nullptr, Precision::f32};
    constexpr std::int64_t kRows = 1000;
    for (const char* whose : {"first", "random"}) {
        const Settings settings =
            guided_settings({"model.name=mit", "objective.name=imf", "objective.guidance=flexible",
                             "objective.class_dropout=0.2", std::string("objective.drop=") + whose});
        const Guidance guidance = Guidance::make(settings);
        Draws draws;
        draws.labels = Tensor::zeros({kRows}, DType::i32);
        draws.null_label = 10;
        draws.equal = kRows / 2;
        guidance.draw(context, draws, Random(3, Stream::guidance), {.batch = kRows, .equal_all = kRows / 2});
        const auto* dropped = static_cast<const std::uint8_t*>(draws.dropped.raw());
        EXPECT_NEAR(std::count(dropped, dropped + kRows, 1), 200, 45) << whose;
        for (std::int64_t i = 0; i < kRows; ++i) {
            EXPECT_GE(draws.omega.f32()[i], 1.0F);
            EXPECT_LE(draws.omega.f32()[i], 8.0F);
            EXPECT_LE(draws.t_min.f32()[i], i < draws.equal ? 0.0F : 0.5F);
            EXPECT_GE(draws.t_max.f32()[i], i < draws.equal ? 1.0F : 0.5F);
        }
    }
}

}  // namespace
