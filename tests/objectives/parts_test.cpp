// SPDX-License-Identifier: MIT
// Path, times, guidance draws, weighting and target.
#include "objectives/parts/guidance_draws.hpp"
#include "objectives/parts/target.hpp"
#include "objectives/parts/times.hpp"
#include "objectives/parts/weighting.hpp"
#include "objectives/support.hpp"

namespace {

using namespace mf;

TEST(Path, ReverseIsThePapersForwardTheTutorials) {
    Toy toy;
    const Tensor x = toy.tensor("x"), e = toy.tensor("e"), t = toy.tensor("t");
    const Path reverse{Direction::reverse}, forward{Direction::forward};
    toy.expect(reverse.at(toy.context(), x, e, t), "z", 1e-6);
    toy.expect(reverse.velocity(toy.context(), x, e), "v", 1e-6);
    // Data and noise change places.
    toy.expect(forward.at(toy.context(), e, x, t), "z", 1e-6);
    toy.expect(forward.velocity(toy.context(), e, x), "v", 1e-6);
}

TEST(TimeSampler, LogitNormalAsPublished) {
    const Golden golden("samplers.safetensors");
    TimeSampler times;
    times.kind = TimeSampler::Kind::logit_normal;
    times.mean = golden.config().at("P_mean"), times.std = golden.config().at("P_std");
    const auto n_t = golden.at("n_t").floats(), n_r = golden.at("n_r").floats();
    for (std::size_t i = 0; i < n_t.size(); ++i) {
        const double a = times.time(n_t[i]), b = times.time(n_r[i]);
        EXPECT_NEAR(std::max(a, b), golden.at("t").values[i], 1e-6);
        const bool equal = golden.at("fm_mask").values[i] != 0;
        EXPECT_NEAR(equal ? std::max(a, b) : std::min(a, b), golden.at("r").values[i], 1e-6);
    }
    EXPECT_EQ(TimeSampler{.equal_share = golden.config().at("data_proportion")}.equal_rows(0, 512),
              std::ranges::count(golden.at("fm_mask").values, 1.0));
}

TEST(TimeSampler, SharesDoNotDependOnTheTiles) {
    const TimeSampler times{.equal_share = 0.3, .whole_share = 0.21};
    for (const std::int64_t tile : {1, 7, 64, 1000}) {
        std::int64_t equal = 0, whole = 0;
        for (std::int64_t row = 0; row < 1000; row += tile) {
            const std::int64_t count = std::min<std::int64_t>(tile, 1000 - row);
            equal += times.equal_rows(row, count), whole += times.whole_rows(row, count);
        }
        EXPECT_EQ(equal, 300) << tile;
        EXPECT_EQ(whole, 210) << tile;
    }
}

TEST(TimeSampler, TimesAreSortedAndFillTheTriangle) {
    const Random random(3, Stream::times);
    for (const Direction direction :
         {Direction::reverse, Direction::forward, Direction::forward_as_published}) {
        TimeSampler times;
        times.direction = direction;
        std::vector<float> t(20000), r(20000);
        times.draw(t.data(), r.data(), 5000, 1000, random, 0, 20000);
        double sum = 0;
        for (std::size_t i = 0; i < t.size(); ++i) {
            const bool swapped = direction == Direction::forward, whole = i >= 5000 && i < 6000;
            EXPECT_TRUE(i >= 5000 || r[i] == t[i]) << i;
            EXPECT_TRUE(!whole || r[i] == (swapped ? 1.0F : 0.0F)) << i;
            EXPECT_LE(swapped ? t[i] : r[i], swapped ? r[i] : t[i]);
            if (i >= 6000) sum += std::abs(t[i] - r[i]);
        }
        EXPECT_NEAR(sum / 14000, 1.0 / 3, 0.01);
        // A row's times do not depend on what they are drawn with.
        float t_alone = 0, r_alone = 0;
        times.draw(&t_alone, &r_alone, 0, 0, random, 7000, 1);
        EXPECT_EQ(t_alone, t[7000]);
        EXPECT_EQ(r_alone, r[7000]);
    }
}

TEST(GuidanceDraws, AsPublished) {
    const Golden golden("samplers.safetensors");
    const double s_max = golden.config().at("s_max");
    for (const std::string beta : {"0.5", "1.0", "2.0"})
        for (std::size_t i = 0; i < 512; ++i) {
            const double want = golden.at("omega.beta_" + beta).values[i];
            EXPECT_NEAR(guidance_strength(golden.at("u_omega").values[i], std::stod(beta), s_max), want,
                        1e-6 * want);
        }
    for (std::size_t i = 0; i < 512; ++i) {
        const auto [t_min, t_max] = guidance_interval(
            golden.at("u_min").values[i], golden.at("u_max").values[i], golden.at("fm_mask").values[i] != 0);
        EXPECT_NEAR(t_min, golden.at("t_min").values[i], 1e-7);
        EXPECT_NEAR(t_max, golden.at("t_max").values[i], 1e-7);
    }
    const std::int64_t dropped =
        dropped_labels(golden.at("drop.u").floats(), golden.config().at("class_dropout_prob"));
    const std::int32_t null_class = golden.config().at("num_classes");
    const auto before = golden.at("drop.labels").integers(), after = golden.at("drop.labels_out").integers();
    for (std::size_t i = 0; i < 512; ++i)
        EXPECT_EQ(after[i], static_cast<std::int64_t>(i) < dropped ? null_class : before[i]) << i;
}

TEST(Weighting, PowersAndDivisors) {
    const Weighting none = Weighting::make(settings_of({"loss.weight=none", "loss.p=2"}));
    EXPECT_EQ(none.at(0.5).p, 0);
    EXPECT_EQ(none.divisor(10, 3), 30);
    const Weighting moving =
        Weighting::make(settings_of({"loss.weight=adaptive", "loss.p=1", "loss.p_end=0.5"}));
    EXPECT_EQ(moving.at(0).p, 1);
    EXPECT_EQ(moving.at(0.5).p, 0.75);
    EXPECT_EQ(moving.at(1).p, 0.5);
    EXPECT_EQ(moving.divisor(10, 3), 10);
    EXPECT_THROW(Weighting::make(settings_of({"loss.p_end=many"})), UsageError);
}

/// E[x | z_t] over the candidates, from the formula, in double.
std::vector<double> posterior_velocity(const Tensor& z, double s, const Tensor& x, std::int64_t row,
                                       std::int64_t first, std::int64_t count) {
    std::vector<double> distances, mean(2);
    for (std::int64_t j = first; j < first + count; ++j) {
        double square = 0;
        for (std::int64_t d = 0; d < 2; ++d)
            square += std::pow(z.f32()[row * 2 + d] - (1 - s) * x.f32()[j * 2 + d], 2);
        distances.push_back(square / (2 * s * s));
    }
    const double nearest = *std::ranges::min_element(distances);
    double sum = 0;
    for (std::int64_t j = 0; j < count; ++j) {
        const double w = std::exp(nearest - distances[static_cast<std::size_t>(j)]);
        sum += w;
        for (std::size_t d = 0; d < 2; ++d)
            mean[d] += w * x.f32()[(first + j) * 2 + static_cast<std::int64_t>(d)];
    }
    return {(z.f32()[row * 2] - mean[0] / sum) / s, (z.f32()[row * 2 + 1] - mean[1] / sum) / s};
}

TEST(Target, StableVelocityIsThePosteriorMeanOverItsGroup) {
    Toy toy;
    Draws draws = toy_draws(toy, 0);
    draws.references = draws.x;
    const Tensor z = toy.tensor("z"), v = toy.tensor("v");
    const Path path{Direction::reverse};
    for (const std::int64_t K : {4, 16}) {
        const Tensor got = Target{K}.velocity(toy.context(), path, draws, z, v);
        std::vector<double> want;
        for (std::int64_t i = 0; i < 16; ++i)
            for (const double number : posterior_velocity(z, draws.t.f32()[i], draws.x, i, i / K * K, K))
                want.push_back(number);
        expect_near(got.floats(), want, 1e-5, "stable");
    }
    // The only candidate is the row itself.
    toy.expect(Target{1}.velocity(toy.context(), path, draws, z, v), "v", 1e-4);
    toy.expect(Target{0}.velocity(toy.context(), path, draws, z, v), "v", 0);
    draws.references = {};
    EXPECT_THROW(Target{4}.velocity(toy.context(), path, draws, z, v), Error);
}

}  // namespace
