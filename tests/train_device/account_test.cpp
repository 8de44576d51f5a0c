// SPDX-License-Identifier: MIT
// What goes to a device and back in a step, and what a device is asked for, on one that computes nothing.
#include <gtest/gtest.h>

#include "ops/catalogue.hpp"
#include "ops/cpu/cpu_device.hpp"
#include "ops/gpu/gpu_device.hpp"
#include "support/paper_driver.hpp"
#include "support/said.hpp"
#include "train/config.hpp"
#include "train/trainer.hpp"

namespace {

using namespace mf;

struct PaperRun {
    std::unique_ptr<PaperAccount> account = std::make_unique<PaperAccount>();
    std::unique_ptr<Trainer> trainer;
    Traffic step;  ///< of a warm one
};

PaperRun run_on_paper(const std::string& config, const std::vector<std::string>& words) {
    std::vector<ConfigItem> items = read_config(config);
    for (const std::string& word : words) items.push_back(parse_override(word));
    PaperRun out;
    Machine machine(1);
    machine.given = std::make_shared<GpuDevice>(std::make_unique<PaperDriver>(*out.account, true));
    out.trainer = std::make_unique<Trainer>(resolve(items), machine);
    out.trainer->step();
    out.account->calls.clear();
    const Traffic before = out.trainer->traffic();
    out.trainer->step();
    out.step = out.trainer->traffic() - before;
    return out;
}

/// Sums of losses, and four numbers of each of at most 256 parts of the gradient.
constexpr std::uint64_t kMostRead = 8 * 1024 + 64;

const std::vector<std::string> kMit = {"train.batch=16", "model.hidden=32", "model.depth=4", "model.heads=2",
                                       "model.head_depth=2"};

TEST(DeviceAccount, AStepUploadsItsDrawsAndReadsAFewNumbers) {
    struct Case {
        const char* config;
        std::vector<std::string> words;
        std::uint64_t batch, numbers;  ///< of a sample
    };
    for (const Case& c :
         {Case{"toy/imf", {"train.batch=512"}, 512, 2}, Case{"shapes/imf", kMit, 16, 32 * 32 * 3},
          Case{"shapes/mf", kMit, 16, 32 * 32 * 3}}) {
        const PaperRun run = run_on_paper(c.config, c.words);
        const std::uint64_t sample_bytes = c.batch * c.numbers * 4;
        EXPECT_GE(run.step.uploaded_bytes, 2 * sample_bytes) << c.config;  // x and e
        EXPECT_LE(run.step.uploaded_bytes, 2 * sample_bytes + c.batch * 256) << c.config;
        EXPECT_LE(run.step.downloaded_bytes, kMostRead) << c.config;
        EXPECT_LE(run.step.downloads, 4U) << c.config;
        EXPECT_GT(run.step.launches, 20U) << c.config;
        EXPECT_EQ(run.step.launches + run.step.products + run.step.fills, run.account->calls.size())
            << c.config;
    }
}

// Activations stay where they are: a network that has four times as many sends no byte more.
TEST(DeviceAccount, NothingOfTheNetworkTravels) {
    const PaperRun small = run_on_paper("shapes/imf", kMit);
    std::vector<std::string> words = kMit;
    words.insert(words.end(), {"model.hidden=64", "model.depth=8"});
    const PaperRun large = run_on_paper("shapes/imf", words);
    EXPECT_EQ(small.step.uploaded_bytes, large.step.uploaded_bytes);
    EXPECT_LE(large.step.downloaded_bytes, kMostRead);
    EXPECT_GT(large.account->most, 2 * small.account->most);
}

// All rows at a time, where the host's caches are of no account.
TEST(DeviceAccount, ADeviceTakesTheWholeBatch) {
    std::vector<std::string> words = kMit;
    words.emplace_back("optim.name=adamw");  // Muon has many products of its own
    const PaperRun whole = run_on_paper("shapes/imf", words);
    words.emplace_back("train.tile=4");
    const PaperRun tiles = run_on_paper("shapes/imf", words);
    EXPECT_GT(tiles.step.launches, 3 * whole.step.launches);
    EXPECT_LT(tiles.account->most, whole.account->most);
}

// The operations of products and attention are those of the algorithm.
TEST(DeviceAccount, OperationsAreThoseThatTheAlgorithmNeeds) {
    const PaperRun run =
        run_on_paper("shapes/imf", {"train.batch=16", "model.hidden=128", "model.depth=4", "model.heads=4",
                                    "model.head_depth=2", "optim.name=adamw"});
    double flops = 0, attention = 0;
    for (const PaperCall& call : run.account->calls) {
        flops += call.flops;
        if (call.name.starts_with("attention/")) attention += call.flops;
    }
    EXPECT_NEAR(flops / run.trainer->flops_per_step(), 1.0, 0.1);
    EXPECT_GT(attention, 0);
    EXPECT_LT(attention, 0.5 * flops);
}

TEST(DeviceAccount, KernelsThatADeviceLacksAreData) {
    PaperAccount account;
    GpuDevice paper(std::make_unique<PaperDriver>(account, true));
    Team team(1);
    for (const OpEntry& op : op_catalogue()) {
        if (!op.needs) continue;
        EXPECT_FALSE(paper.supports(*op.needs)) << op.name;
        EXPECT_TRUE(CpuDevice(team).supports(*op.needs)) << op.name;
    }
    // A network that needs them is refused before it is there.
    ParamStore params;
    params.add("first", {4, 4}, true);
    params.add_kernel("conv1.weight", {4, 3, 3, 3});
    params.freeze();
    EXPECT_EQ(
        test::error_of([&] { params.move_to(paper); }),
        "[paper] this device has no kernels for convolutions, which conv1.weight needs | --device cpu has "
        "them");
    EXPECT_EQ(account.in_use, 0U);
}

}  // namespace
