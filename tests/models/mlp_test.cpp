// SPDX-License-Identifier: MIT
#include "models/mlp.hpp"

#include "models/catalogue.hpp"
#include "models/toy.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "sample/sampler.hpp"

namespace {

using namespace mf;

constexpr Want kU{.u = true, .v = false};

TEST(MlpGolden, AverageVelocityAndItsDerivative) {
    Toy toy;
    const auto model = toy.network("mf_net");
    const Dual z = toy.tensor("z"), t = toy.tensor("t"), r = toy.tensor("r");
    const Tensor one = ones(t.rows());
    for (const std::string tag : {"mf", "imf"}) {
        const UV f =
            model->forward(toy.context(), z.moving(toy.tensor(tag + ".tangent")), r, t.moving(one), {}, kU);
        toy.expect(f.u.value, tag + ".u");
        toy.expect(f.u.tangent, tag + ".dudt");
        EXPECT_TRUE(f.v.value.empty());
    }
    Tensor V = toy.tensor("imf.u");
    for (std::int64_t i = 0; i < V.count(); ++i)
        V.f32()[i] += (t.value.f32()[i / 2] - r.value.f32()[i / 2]) *
                      static_cast<float>(toy.golden.at("imf.dudt").values[static_cast<std::size_t>(i)]);
    toy.expect(V, "imf.V");
}

TEST(MlpGolden, BoundaryAndInstantaneousVelocity) {
    Toy toy;
    const Dual z = toy.tensor("z"), t = toy.tensor("t");
    toy.expect(toy.network("mf_net")->forward(toy.context(), z, t, t, {}, kU).u.value, "imf.tangent");
    toy.expect(toy.network("fm_net")->forward(toy.context(), z, t, t, {}, kU).u.value, "fm.pred");
}

TEST(MlpGolden, ATangentOfTheLastRowsOnly) {
    Toy toy;
    const auto model = toy.network("mf_net");
    const Dual z = toy.tensor("z"), t = toy.tensor("t"), r = toy.tensor("r");
    const Tensor v = toy.tensor("v");
    const UV all = model->forward(toy.context(), z.moving(v), r, t.moving(ones(16)), {}, kU);
    for (const std::int64_t n : {0, 1, 12}) {
        const UV f =
            model->forward(toy.context(), z.moving(v.row_range(16 - n, 16)), r, t.moving(ones(n)), {}, kU);
        EXPECT_EQ(f.u.tangent_rows(), n);
        EXPECT_TRUE(std::ranges::equal(f.u.value.floats(), all.u.value.floats()));
        if (n == 0) continue;
        EXPECT_TRUE(std::ranges::equal(f.u.tangent.floats(), all.u.tangent.row_range(16 - n, 16).floats()));
    }
}

TEST(MlpGolden, Sampling) {
    Toy toy;
    Team team(2);
    const auto mf_net = toy.network("mf_net"), fm_net = toy.network("fm_net");
    for (const std::int64_t steps : {1, 2, 4, 8}) {
        std::vector<float> z = toy.golden.at("noise").floats();
        sample(team, *mf_net, {.solver = Solver::average, .times = uniform_times(steps)}, {}, z, 2);
        expect_near(z, toy.golden.at("sample.mf." + std::to_string(steps)).values, 1e-5, "mf");
        z = toy.golden.at("noise").floats();
        sample(team, *fm_net, {.solver = Solver::euler, .times = uniform_times(steps)}, {}, z, 2);
        expect_near(z, toy.golden.at("sample.fm." + std::to_string(steps)).values, 1e-5, "fm");
    }
}

TEST(MlpGolden, Bf16StaysNear) {
    Toy toy;
    const auto model = toy.network("mf_net", Precision::bf16);
    const Dual z = toy.tensor("z"), t = toy.tensor("t"), r = toy.tensor("r");
    const UV f = model->forward(toy.context(nullptr, Precision::bf16), z.moving(toy.tensor("imf.tangent")), r,
                                t.moving(ones(16)), {}, kU);
    toy.expect(f.u.value, "imf.u", 0.01);
    toy.expect(f.u.tangent, "imf.dudt", 0.02);
}

TEST(Mlp, NamesAndShapesAreTheTutorials) {
    const Mlp model({.dimensions = 2, .width = 8, .depth = 2, .v_head = true});
    std::vector<std::string> names;
    for (const Param& param : model.params().all()) names.push_back(param.name + param.shape.text());
    const std::vector<std::string> want = {
        "network.0.weight(8, 4)", "network.0.bias(8)", "network.2.weight(8, 8)", "network.2.bias(8)",
        "network.4.weight(2, 8)", "network.4.bias(2)", "v_head.weight(2, 8)",    "v_head.bias(2)"};
    EXPECT_EQ(names, want);
    EXPECT_TRUE(model.has_v_head());
    EXPECT_EQ(model.params().count(), 32 + 8 + 64 + 8 + 2 * (16 + 2));
    EXPECT_EQ(model.flops_per_row(kU), 2 * (32 + 64 + 16));
    EXPECT_EQ(model.flops_per_row({.u = true, .v = true}), 2 * (32 + 64 + 32));
}

TEST(Mlp, ComputesWhatIsWanted) {
    Team team(1);
    Pool pool;
    CpuDevice device(team);
    const Context context{device, pool};
    Mlp model({.width = 16, .depth = 1, .v_head = true});
    model.initialise(1);
    model.params().repack(team, Precision::f32);
    const Tensor z = Tensor::zeros({3, 2}), t = ones(3);
    const UV v = model.forward(context, z, t, t, {}, {.u = false, .v = true});
    EXPECT_TRUE(v.u.value.empty());
    EXPECT_EQ(v.v.value.shape(), (Shape{3, 2}));
    const UV both = model.forward(context, z, t, t, {}, {.u = true, .v = true});
    EXPECT_TRUE(std::ranges::equal(both.v.value.floats(), v.v.value.floats()));
    EXPECT_FALSE(std::ranges::equal(both.v.value.floats(), both.u.value.floats()));

    Mlp without({.width = 16, .depth = 1});
    without.params().repack(team, Precision::f32);
    EXPECT_THROW(without.forward(context, z, t, t, {}, {.u = true, .v = true}), Error);
    EXPECT_THROW(model.forward(context, Tensor::zeros({3, 3}), t, t, {}, {}), Error);
}

TEST(Mlp, InitialWeightsFollowFromTheSeed) {
    Mlp a({}), b({}), c({});
    a.initialise(7), b.initialise(7), c.initialise(8);
    EXPECT_TRUE(std::ranges::equal(a.params().flat(), b.params().flat()));
    EXPECT_FALSE(std::ranges::equal(a.params().flat(), c.params().flat()));
    for (std::size_t i = 0; i < a.params().all().size(); ++i) {
        const Param& weight = a.params().all()[i / 2 * 2];
        const double bound = 1 / std::sqrt(static_cast<double>(weight.shape[1]));
        double squares = 0;
        const Param& param = a.params().all()[i];
        for (const float w : param.value.floats()) {
            EXPECT_LE(std::abs(w), bound) << param.name;
            squares += static_cast<double>(w) * w;
        }
        const auto count = static_cast<double>(param.shape.count());
        EXPECT_NEAR(squares / count, bound * bound / 3, bound * bound * 1.2 / std::sqrt(count)) << param.name;
    }
}

TEST(ModelCatalogue, MakesAnMlpFromSettings) {
    const auto& entry = model_catalogue().at("mlp");
    Settings settings(entry.options);
    settings.set("model.width", "24");
    settings.set("model.activation", "silu");
    settings.set("model.times", "t");
    const auto model = entry.make(settings, {{2}, 0});
    const auto& mlp = dynamic_cast<const Mlp&>(*model);
    EXPECT_EQ(mlp.config().width, 24);
    EXPECT_EQ(mlp.config().activation, Pointwise::silu);
    EXPECT_FALSE(mlp.config().interval);
    EXPECT_THROW(model_catalogue().at("unet"), UsageError);
    EXPECT_THROW(pointwise_by_name("relu"), UsageError);
}

}  // namespace
