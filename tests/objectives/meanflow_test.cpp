// SPDX-License-Identifier: MIT
// What the reference numbers do not cover: the v head, rows with r = t only, labels.
#include "objectives/support.hpp"
#include "ops/arithmetic.hpp"
#include "ops/square_loss.hpp"

namespace {

using namespace mf;

TEST(MeanFlow, WithoutIntervalsItIsFlowMatchingToTheBit) {
    Toy toy;
    const auto model = toy.network("mf_net");
    Draws draws = toy_draws(toy, 16);
    draws.r.copy_from(draws.t);
    const auto fm = objective_of({"objective.name=fm"});
    LossRun want(toy, *model, *fm, draws);
    for (const std::string name : {"mf", "imf"}) {
        LossRun got(toy, *model, *objective_of({"objective.name=" + name}), draws);
        EXPECT_EQ(got.loss, want.loss) << name;
        EXPECT_TRUE(std::ranges::equal(got.gradients.flat(), want.gradients.flat())) << name;
        EXPECT_EQ(got.sums.square_jvp, 0) << name;
    }
}

TEST(MeanFlow, TheVHeadGivesTheTangentAndASecondLoss) {
    Toy toy;
    Mlp model({.width = 32, .depth = 2, .v_head = true});
    model.initialise(5);
    model.params().repack(toy.team, Precision::f32);
    const Draws draws = toy_draws(toy, 4);
    LossRun got(toy, model,
                *objective_of({"objective.name=imf", "objective.tangent=head", "model.v_head=true"}), draws);

    // The same, put together by hand.
    Gradients gradients(model.params());
    Tape tape(&gradients, toy.device);
    const Context context = toy.context(&tape);
    const Tensor z = toy.tensor("z"), v = toy.tensor("v");
    const UV first = model.forward(context.untaped(), z, draws.t, draws.t, {}, {.u = false, .v = true});
    const UV f = model.forward(context, Dual(z).moving(first.v.value), draws.r,
                               Dual(draws.t).moving(ones(16)), {}, {.u = true, .v = true});
    Tensor correction({16, 2}, DType::f32);
    for (std::int64_t i = 0; i < 32; ++i)
        correction.f32()[i] = (draws.t.f32()[i / 2] - draws.r.f32()[i / 2]) * f.u.tangent.f32()[i];
    const Dual V = add(context, f.u.still(), correction);
    Tensor squares = context.zeros({1, 1}, DType::f64);
    const Dual u_loss = square_loss(context, V, v, {}, 32),
               v_loss = square_loss(context, f.v, v, {}, 32, squares);
    tape.backward(add(context, u_loss, v_loss).slot, toy.pool);

    EXPECT_NEAR(got.loss, u_loss.value.f32()[0] + v_loss.value.f32()[0], 1e-6 * got.loss);
    const double want_squares = *static_cast<const double*>(squares.raw());
    EXPECT_NEAR(got.sums.square_v, want_squares, 1e-5 * want_squares);
    const std::vector<double> want(gradients.flat().begin(), gradients.flat().end());
    expect_near(got.gradients.flat(), want, 1e-5, "gradients");
    EXPECT_GT(std::abs(gradients.of(model.params().all().back())[0]), 0) << "the v head learns";
}

/// Remembers how it was asked.
class Listener final : public VelocityModel {
  public:
    Listener() {
        params_.add("weight", {2, 2}, true);
        params_.freeze();
    }
    UV forward(const Context& context, const Dual& z, const Dual&, const Dual&, const Condition& condition,
               Want) const override {
        std::vector<std::int32_t> labels;
        const auto* from = static_cast<const std::int32_t*>(condition.labels.raw());
        for (std::int64_t i = 0; i < condition.labels.count(); ++i) labels.push_back(from[i]);
        heard.push_back(labels);
        EXPECT_EQ(condition.labels.shape(), Shape{z.rows()});
        Dual u(context.make(z.value.shape()));
        u.value.fill(0);
        if (!z.tangent.empty()) u.tangent = Tensor::zeros(z.tangent.shape());
        return {.u = std::move(u), .v = {}};
    }
    double flops_per_row(Want) const override { return 0; }
    void initialise(std::uint64_t) override {}

    mutable std::vector<std::vector<std::int32_t>> heard;
};

TEST(MeanFlow, LabelsGoWithTheirRows) {
    Toy toy;
    Draws draws = toy_draws(toy, 4);
    draws.labels = Tensor({16}, DType::i32);
    std::vector<std::int32_t> all;
    for (std::int32_t i = 0; i < 16; ++i)
        all.push_back(static_cast<std::int32_t*>(draws.labels.raw())[i] = 100 + i);
    const Listener model;
    LossTotals totals(toy.pool);
    objective_of({"objective.name=imf"})->loss(toy.context(), model, draws, totals);
    ASSERT_EQ(model.heard.size(), 2U);
    EXPECT_EQ(model.heard[0], std::vector<std::int32_t>(all.begin() + 4, all.end()))
        << "v pass: rows with r < t";
    EXPECT_EQ(model.heard[1], all);
}

TEST(Objectives, SayWhatTheyNeedAndCost) {
    const Mlp model({.v_head = true});
    const double u = model.flops_per_row({.u = true, .v = false}),
                 both = model.flops_per_row({.u = true, .v = true});
    EXPECT_FALSE(objective_of({"objective.name=fm"})->needs_interval());
    EXPECT_EQ(objective_of({"objective.name=fm"})->flops_per_row(model, 0), 3 * u);
    EXPECT_TRUE(objective_of({"objective.name=mf"})->needs_interval());
    EXPECT_EQ(objective_of({"objective.name=mf"})->flops_per_row(model, 0), 4 * u);
    EXPECT_EQ(objective_of({"objective.name=mf"})->flops_per_guidance_row(model), 0);
    // The passes for v_θ are counted by their rows: here one for each row with r < t.
    EXPECT_EQ(objective_of({"objective.name=imf"})->flops_per_row(model, 0), 4 * u);
    EXPECT_EQ(objective_of({"objective.name=imf"})->flops_per_row(model, 0.5), 3.5 * u);
    EXPECT_EQ(objective_of({"objective.name=imf"})->flops_per_guidance_row(model), u);
    const auto head = objective_of({"objective.name=imf", "objective.tangent=head", "model.v_head=true"});
    EXPECT_NEAR(head->flops_per_row(model, 0), u + 3 * both, 1e-9 * u);
    EXPECT_THROW(objective_of({"objective.name=consistency"}), UsageError);
}

}  // namespace
