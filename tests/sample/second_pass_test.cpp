// SPDX-License-Identifier: MIT
// Classifier-free guidance at sampling, against a composition by hand.
#include <cmath>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "sample/sampler.hpp"

namespace mf {
namespace {

constexpr std::int32_t kNull = 3;

/// u = (1 + label) (1 + t) + z / 2, whatever the strength; it counts its passes for the null class.
class Stub final : public VelocityModel {
  public:
    static float velocity(float z, float t, std::int32_t label) {
        return (1.0F + static_cast<float>(label)) * (1.0F + t) + 0.5F * z;
    }
    UV forward(const Context& context, const Dual& z, const Dual&, const Dual& t, const Condition& condition,
               Want) const override {
        Tensor u = context.make(z.value.shape());
        const auto* labels = static_cast<const std::int32_t*>(condition.labels.raw());
        for (std::int64_t i = 0; i < u.count(); ++i) {
            const std::int64_t row = i / u.cols();
            u.f32()[i] = velocity(z.value.f32()[i], t.value.f32()[row], labels[row]);
        }
        null_passes += labels[0] == kNull ? 1 : 0;
        return {Dual(u), {}};
    }
    double flops_per_row(Want) const override { return 1; }
    void initialise(std::uint64_t) override {}

    mutable int null_passes = 0;
};

struct Outcome {
    std::vector<float> z;
    int null_passes = 0;
};

Outcome sampled(Solver solver, const std::vector<double>& times, const SecondPass& guidance) {
    Stub model;
    Team team(1);
    Condition condition;
    condition.labels = Tensor({4}, DType::i32);
    for (std::int32_t i = 0; i < 4; ++i) static_cast<std::int32_t*>(condition.labels.raw())[i] = i % 3;
    Outcome out{{0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.6F, 0.7F, 0.8F}, 0};
    sample(team, model, {.solver = solver, .times = times, .second_pass = guidance}, condition, out.z, 2);
    out.null_passes = model.null_passes;
    return out;
}

/// v_∅ + ω (v_y - v_∅) inside of the interval, v_y outside.
float guided(float z, double t, std::int32_t label, float omega, float from, float to) {
    const auto time = static_cast<float>(t);
    const float own = Stub::velocity(z, time, label), null = Stub::velocity(z, time, kNull);
    return time >= from && time <= to && omega != 1 ? null + omega * (own - null) : own;
}

const SecondPass kGuidance{
    .omega = {1, 2, 3, 0.5F}, .t_min = {0, 0.25F, 0, 0.3F}, .t_max = {1, 0.5F, 1, 0.7F}, .null_label = kNull};
const std::vector<double> kTimes = {1, 0.75, 0.5, 0.25, 0};

TEST(SecondPass, EulerGuidesEachSampleByItsOwnStrengthInItsOwnInterval) {
    const Outcome run = sampled(Solver::euler, kTimes, kGuidance);
    const Outcome plain = sampled(Solver::euler, kTimes, {});
    for (std::size_t i = 0; i < run.z.size(); ++i) {
        const std::size_t row = i / 2;
        float z = 0.1F * static_cast<float>(i + 1);
        for (std::size_t k = 0; k + 1 < kTimes.size(); ++k)
            z += static_cast<float>(kTimes[k + 1] - kTimes[k]) *
                 guided(z, kTimes[k], static_cast<std::int32_t>(row % 3), kGuidance.omega[row],
                        kGuidance.t_min[row], kGuidance.t_max[row]);
        EXPECT_NEAR(run.z[i], z, 1e-5) << i;
        if (row == 0)
            EXPECT_EQ(run.z[i], plain.z[i]) << "a strength of 1 is no guidance, to the bit";
        else
            EXPECT_GT(std::abs(run.z[i] - plain.z[i]), 1e-2) << i;
    }
}

TEST(SecondPass, HeunAsksForBothEndsOfAStep) {
    const Outcome run = sampled(Solver::heun, kTimes, kGuidance);
    for (std::size_t i = 0; i < run.z.size(); ++i) {
        const std::size_t row = i / 2;
        const auto at = [&](float z, double t) {
            return guided(z, t, static_cast<std::int32_t>(row % 3), kGuidance.omega[row],
                          kGuidance.t_min[row], kGuidance.t_max[row]);
        };
        float z = 0.1F * static_cast<float>(i + 1);
        for (std::size_t k = 0; k + 1 < kTimes.size(); ++k) {
            const auto h = static_cast<float>(kTimes[k + 1] - kTimes[k]);
            const float first = at(z, kTimes[k]), second = at(z + h * first, kTimes[k + 1]);
            z += 0.5F * h * (first + second);
        }
        EXPECT_NEAR(run.z[i], z, 1e-5) << i;
    }
}

TEST(SecondPass, IsMadeOnlyWhereARowWantsIt) {
    SecondPass guidance{.omega = {2, 2, 2, 2}, .t_min = {}, .t_max = {}, .null_label = kNull};
    guidance.t_min.assign(4, 0.4F);
    guidance.t_max.assign(4, 0.6F);
    EXPECT_EQ(sampled(Solver::euler, kTimes, guidance).null_passes, 1);  // at 0.5 alone
    guidance.t_max.assign(4, 0.45F);
    EXPECT_EQ(sampled(Solver::euler, kTimes, guidance).null_passes, 0);
    guidance.omega.assign(4, 1);
    guidance.t_max.assign(4, 1.0F);
    EXPECT_EQ(sampled(Solver::euler, kTimes, guidance).null_passes, 0);
    EXPECT_EQ(sampled(Solver::average, kTimes, kGuidance).null_passes, 4);
}

TEST(SecondPass, TheEndsOfAnIntervalBelongToIt) {
    // 1 - 7/10 is not the double 0.3.
    SecondPass guidance{.omega = {2, 2, 2, 2}, .t_min = {}, .t_max = {}, .null_label = kNull};
    guidance.t_min.assign(4, 0.3F);
    guidance.t_max.assign(4, 0.3F);
    EXPECT_EQ(sampled(Solver::euler, uniform_times(10), guidance).null_passes, 1);
}

TEST(SecondPass, WantsANumberForEverySample) {
    SecondPass guidance{.omega = {2, 2}, .t_min = {0, 0}, .t_max = {1, 1}, .null_label = kNull};
    EXPECT_THROW(sampled(Solver::euler, kTimes, guidance), Error);
}

}  // namespace
}  // namespace mf
