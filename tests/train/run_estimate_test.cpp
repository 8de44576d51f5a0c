// SPDX-License-Identifier: MIT
#include "train/run_estimate.hpp"

#include <gtest/gtest.h>

#include "io/checksum.hpp"
#include "models/dit.hpp"
#include "models/mit.hpp"
#include "train/config.hpp"
#include "train/make_model.hpp"
#include "train/trainer.hpp"

namespace {

using namespace mf;

Settings settings_of(const std::string& config, const std::vector<ConfigItem>& more = {}) {
    std::vector<ConfigItem> items = read_config(config);
    items.insert(items.end(), more.begin(), more.end());
    return resolve(items);
}

std::unique_ptr<VelocityModel> network_of(const Settings& settings) {
    return make_model(settings, kind_of(*make_dataset(settings)));
}

/// One number for all names and shapes: CRC-32C of lines "name (3, 4)" in the order of the names.
std::uint32_t fingerprint(const VelocityModel& model) {
    std::map<std::string, std::string> lines;
    for (const Param& param : model.params().all()) lines[param.name] = param.shape.text();
    std::string text;
    for (const auto& [name, shape] : lines) text += name + " " + shape + "\n";
    return crc32c(text);
}

struct Published {
    const char* name;
    std::int64_t train, sampling;
    std::uint32_t train_names, sampling_names;
};

// Counts and fingerprints of the official PyTorch checkpoints' keys.
constexpr Published kPublished[] = {{"imagenet256/imf_b2", 145596960, 88948256, 0x73c4046a, 0x40f25658},
                                    {"imagenet256/imf_m2", 230570016, 173921312, 0x51dd1bfa, 0x448d8acc},
                                    {"imagenet256/imf_l2", 509752352, 409071648, 0x3c012ad9, 0x43bd31d3},
                                    {"imagenet256/imf_xl2", 711113760, 610433056, 0xbfd658c5, 0xb5a00066}};

TEST(Presets, NamesAndShapesAreThoseOfThePublishedWeights) {
    for (const Published& one : kPublished) {
        const auto train = network_of(settings_of(one.name));
        EXPECT_EQ(train->params().count(), one.train) << one.name;
        EXPECT_EQ(fingerprint(*train), one.train_names) << one.name;
        const auto sampling = network_of(
            settings_of(one.name, {{"model.v_head", "false", ""}, {"objective.tangent", "self", ""}}));
        EXPECT_EQ(sampling->params().count(), one.sampling) << one.name;
        EXPECT_EQ(fingerprint(*sampling), one.sampling_names) << one.name;
    }
    // Of MeanFlow's networks the paper names millions.
    const std::pair<const char*, int> dits[] = {
        {"mf_b4", 131}, {"mf_b2", 131}, {"mf_m2", 308}, {"mf_l2", 459}, {"mf_xl2", 676}};
    for (const auto& [name, millions] : dits) {
        const auto model = network_of(settings_of(std::string("imagenet256/") + name));
        EXPECT_EQ(static_cast<int>(static_cast<double>(model->params().count()) / 1e6), millions) << name;
        const auto& config = dynamic_cast<const Dit&>(*model).config();
        std::vector<std::pair<std::string, Shape>> shapes;
        for (const Param& param : model->params().all()) shapes.emplace_back(param.name, param.shape);
        EXPECT_EQ(Dit::detect(shapes, 32, 32).heads, config.heads) << name;
    }
}

TEST(Presets, RecipesArePublishedOnes) {
    for (const Published& one : kPublished) {
        const Settings s = settings_of(one.name);
        EXPECT_EQ(s.integer("train.batch"), 1024);
        EXPECT_EQ(s.integer("schedule.warmup"), 10 * (1281167 / 1024));
        EXPECT_EQ(s.real("optim.b2"), 0.95);
        EXPECT_EQ(s.real("optim.lr"), 1e-4);
        EXPECT_EQ(s.real("optim.weight_decay"), 0);
        EXPECT_EQ(s.real("times.equal_share"), 0.5);
        EXPECT_EQ(s.texts("ema.decays"), std::vector<std::string>{"0.9999"});
        EXPECT_EQ(s.real("loss.c"), 0.01);
        EXPECT_EQ(s.real("objective.omega_max"), 8);
    }
    for (const char* name : {"imagenet256/mf_b4", "imagenet256/mf_xl2"}) {
        const Settings s = settings_of(name);
        EXPECT_EQ(s.integer("train.batch"), 256);
        EXPECT_EQ(s.integer("schedule.warmup"), 0);
        EXPECT_EQ(s.real("times.equal_share"), 0.75);
        EXPECT_EQ(s.text("objective.guidance"), "mix");
    }
    const std::pair<const char*, int> longer[] = {{"1024", 1024}, {"2048", 2048}, {"2304", 2304}};
    for (const auto& [name, tokens] : longer) {
        const auto model = network_of(settings_of(std::string("imagenet256/imf_b2_") + name + "tokens"));
        const Mit::Config& c = dynamic_cast<const Mit&>(*model).config();
        EXPECT_EQ(c.height * c.width / (c.patch * c.patch), tokens);
        EXPECT_EQ(c.hidden, 768);
    }
}

TEST(RunEstimate, IsNearWhatARunTakes) {
    for (const char* precision : {"f32", "bf16"}) {
        const Settings s = settings_of("imagenet256/imf_b2", {{"data.size", "16", ""},
                                                              {"model.hidden", "192", ""},
                                                              {"model.heads", "6", ""},
                                                              {"model.depth", "7", ""},
                                                              {"model.head_depth", "3", ""},
                                                              {"train.batch", "16", ""},
                                                              {"train.tile", "1", ""},
                                                              {"precision", precision, ""}});
        const RunEstimate estimate = estimate_run(s, 2);
        Trainer trainer(s, 2);
        trainer.step();
        EXPECT_EQ(estimate.parameters, trainer.model().params().count());
        EXPECT_NEAR(estimate.flops_per_step / trainer.flops_per_step(), 1, 0.01);
        const auto plan = static_cast<double>(estimate.activations + estimate.gradients);
        EXPECT_NEAR(plan / static_cast<double>(trainer.plan_bytes()), 1, 0.15) << precision;
        EXPECT_EQ(estimate.optimiser, 8U * static_cast<std::uint64_t>(estimate.parameters));
    }
}

}  // namespace
