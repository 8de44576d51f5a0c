// SPDX-License-Identifier: MIT
#include "train/init_weights.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "io/scratch.hpp"
#include "models/mit.hpp"
#include "nn/initial_weights.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "train/config.hpp"
#include "train/make_model.hpp"
#include "train/plain_weights.hpp"
#include "train/trainer.hpp"

namespace {

using namespace mf;
using Items = std::vector<ConfigItem>;

Settings images(const std::string& model, const std::string& objective, const Items& more = {}) {
    Items items = {{"data.name", "noise", ""},        {"data.size", "8", ""},
                   {"data.channels", "2", ""},        {"data.classes", "5", ""},
                   {"model.name", model, ""},         {"model.size", "T", ""},
                   {"model.patch", "2", ""},          {"model.hidden", "64", ""},
                   {"model.depth", "3", ""},          {"model.heads", "1", ""},
                   {"objective.name", objective, ""}, {"train.batch", "4", ""},
                   {"ema.decays", "0.9", ""}};
    if (model == "mit") items.push_back({"model.head_depth", "1", ""});
    items.insert(items.end(), more.begin(), more.end());
    return resolve(items);
}

const Items kFlexible = {{"objective.guidance", "flexible", ""}, {"objective.tangent", "head", ""}};
const Items kNoHead = {{"model.v_head", "false", ""}};

/// A network of these settings whose every part shows.
SourceWeights source_of(const Settings& settings, std::vector<std::string> names = {}) {
    static std::vector<std::unique_ptr<VelocityModel>> kept;
    kept.push_back(make_model(settings, kind_of(*make_dataset(settings))));
    SourceWeights out;
    for (Param& param : kept.back()->params().all()) {
        fill_normal(param, 7, 0.2);
        out.file.tensors[param.name] = param.value;
    }
    out.settings = settings;
    out.class_names = std::move(names);
    return out;
}

struct Asked {
    float r = 0, t = 1, omega = 1, t_min = 0, t_max = 1;
};

/// u (and v) of a network with these weights for three samples.
std::vector<float> outputs(const Settings& settings, const std::map<std::string, Tensor>& weights,
                           const Asked& asked, bool v = false) {
    Team team(1);
    const auto model = make_model(settings, kind_of(*make_dataset(settings)));
    for (Param& param : model->params().all()) param.value.copy_from(weights.at(param.name));
    model->params().repack(team, Precision::f32);
    Pool pool;
    CpuDevice device(team);
    const Context context{device, pool};
    const auto column = [](float value) {
        Tensor out({3, 1}, DType::f32);
        out.fill(value);
        return out;
    };
    Tensor z({3, kind_of(*make_dataset(settings)).shape.count()}, DType::f32);
    for (std::int64_t i = 0; i < z.count(); ++i) z.f32()[i] = static_cast<float>(i % 17) * 0.1F - 0.8F;
    Condition condition;
    if (settings.text("model.name") != "mlp") {
        condition.labels = Tensor({3}, DType::i32);
        for (std::int32_t i = 0; i < 3; ++i) static_cast<std::int32_t*>(condition.labels.raw())[i] = i;
        condition.omega = column(asked.omega), condition.t_min = column(asked.t_min),
        condition.t_max = column(asked.t_max);
    }
    const UV out = model->forward(context, Dual(z), Dual(column(asked.r)), Dual(column(asked.t)), condition,
                                  {.u = !v, .v = v});
    const auto all = (v ? out.v : out.u).value.floats();
    return {all.begin(), all.end()};
}

/// The largest difference as a share of the largest number.
double worst(const std::vector<float>& a, const std::vector<float>& b) {
    EXPECT_EQ(a.size(), b.size());
    double out = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        out = std::max(out, std::abs(static_cast<double>(a[i]) - b[i]));
    return out;
}

InitialWeights taken(const SourceWeights& source, const Settings& settings,
                     const std::vector<std::string>& names = {}) {
    Team team(1);
    return initial_weights_from(source, *make_model(settings, kind_of(*make_dataset(settings))), names, team,
                                "FILE");
}

TEST(InitWeights, TheSameNetworkIsTakenBitForBit) {
    const Settings imf = images("mit", "imf", kFlexible);
    const SourceWeights source = source_of(imf);
    const InitialWeights out = taken(source, imf);
    EXPECT_TRUE(mf::test::same(out.weights, source.file.tensors));
    EXPECT_TRUE(out.remarks.empty());
}

TEST(InitWeights, FromFlowMatchingNoInputChangesTheOutputAtFirst) {
    const Settings fm = images("mit", "fm", kNoHead), imf = images("mit", "imf", kFlexible);
    const SourceWeights source = source_of(fm);
    const InitialWeights out = taken(source, imf);
    ASSERT_EQ(out.remarks.size(), 2U);
    const std::vector<float> before = outputs(fm, source.file.tensors, {.r = 0.7F, .t = 0.7F});
    for (const Asked& asked : {Asked{.r = 0.7F, .t = 0.7F}, Asked{.r = 0, .t = 1},
                               Asked{.omega = 7, .t_min = 0.3F, .t_max = 0.6F}}) {
        EXPECT_LT(worst(outputs(imf, out.weights, asked), before), 1e-6);
        EXPECT_LT(worst(outputs(imf, out.weights, asked, true), before), 1e-6);
    }
    // The source itself would answer otherwise.
    EXPECT_GT(worst(outputs(fm, source.file.tensors, {.r = 0, .t = 1}), before), 1e-4);
}

TEST(InitWeights, FromMeanFlowTheIntervalStaysAndGuidanceWaits) {
    const Settings mf_run =
        images("mit", "mf", {{"objective.guidance", "none", ""}, {"model.v_head", "false", ""}});
    const Settings imf = images("mit", "imf", kFlexible);
    const SourceWeights source = source_of(mf_run);
    const InitialWeights out = taken(source, imf);
    for (const float r : {0.0F, 0.4F, 0.9F})
        EXPECT_LT(worst(outputs(imf, out.weights, {.r = r, .omega = 5, .t_min = 0.2F}),
                        outputs(mf_run, source.file.tensors, {.r = r})),
                  1e-6);
    EXPECT_GT(worst(outputs(imf, out.weights, {.r = 0}), outputs(imf, out.weights, {.r = 0.9F})), 1e-4);
}

TEST(InitWeights, OtherNetworksGainTheirInputWithoutEffect) {
    const Settings fm = images("dit", "fm"),
                   mf_run = images("dit", "mf", {{"objective.guidance", "none", ""}});
    SourceWeights source = source_of(fm);
    const std::vector<float> before = outputs(fm, source.file.tensors, {.r = 0.6F, .t = 0.6F});
    EXPECT_LT(worst(outputs(mf_run, taken(source, mf_run).weights, {.r = 0.1F, .t = 0.6F}), before), 1e-6);
    // One that never had the embedder.
    std::erase_if(source.file.tensors,
                  [](const auto& item) { return item.first.starts_with("h_embedder."); });
    const InitialWeights without = taken(source, mf_run);
    EXPECT_LT(worst(outputs(mf_run, without.weights, {.r = 0.1F, .t = 0.6F}),
                    outputs(mf_run, without.weights, {.r = 0.6F, .t = 0.6F})),
              1e-7);
    const Settings points_fm = resolve(Items{{"objective.name", "fm", ""}, {"model.width", "32", ""}}),
                   points_imf = resolve(Items{{"objective.name", "imf", ""}, {"model.width", "32", ""}});
    const SourceWeights points = source_of(points_fm);
    EXPECT_EQ(outputs(points_imf, taken(points, points_imf).weights, {.r = 0.2F, .t = 0.6F}),
              outputs(points_fm, points.file.tensors, {.r = 0.6F, .t = 0.6F}));
}

TEST(InitWeights, ClassesAreMatchedByName) {
    const Settings five = images("mit", "imf", kFlexible);
    Items two = kFlexible;
    two.push_back({"data.classes", "2", ""});
    const SourceWeights source = source_of(five, {"ant", "bee", "cat", "dog", "eel"});
    const std::string table = "net.y_embedder.embedding_table._flax_embedding.weight";
    const Tensor from = source.file.tensors.at(table);
    const InitialWeights out = taken(source, images("mit", "imf", two), {"dog", "yak"});
    const Tensor& to = out.weights.at(table);
    ASSERT_EQ(to.shape(), (Shape{3, 64}));
    EXPECT_EQ(to.f32()[0], from.f32()[3 * 64]);
    EXPECT_EQ(to.f32()[64], from.f32()[5 * 64]);
    EXPECT_EQ(to.f32()[2 * 64], from.f32()[5 * 64]);
    ASSERT_EQ(out.remarks.size(), 1U);
    EXPECT_TRUE(mf::test::has(out.remarks[0], "has 5 classes, this run 2: 1 is found by name"));
}

TEST(InitWeights, WhatDoesNotFitHasItsLine) {
    const Settings imf = images("mit", "imf", kFlexible);
    SourceWeights source = source_of(imf);
    Items wide = kFlexible;
    wide.push_back({"model.hidden", "128", ""});
    const std::string other = mf::test::error_of([&] { taken(source, images("mit", "imf", wide)); });
    EXPECT_TRUE(mf::test::has(other, "of another shape: "));
    EXPECT_TRUE(mf::test::has(other, " more"));
    EXPECT_TRUE(mf::test::has(mf::test::error_of([&] { taken(source, images("dit", "mf")); }),
                              "another network (model.name=mit)"));
    source.file.tensors.at("net.omega_tokens").f32()[0] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_TRUE(mf::test::has(mf::test::error_of([&] { taken(source, imf); }), "infinite or not a number"));
}

}  // namespace
