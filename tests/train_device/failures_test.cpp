// SPDX-License-Identifier: MIT
// A device that has no memory, or that is gone: one line, and nothing is lost.
#include <fstream>
#include <iterator>
#include <utility>

#include <gtest/gtest.h>

#include "core/out_of_memory.hpp"
#include "ops/gpu/opencl_here.hpp"
#include "sample/sampler.hpp"
#include "support/said.hpp"
#include "support/scratch.hpp"
#include "train/config.hpp"
#include "train/training_run.hpp"

namespace {

using namespace mf;
using test::error_of;
using test::says;
using test::Scratch;

/// Fails once so many kernels were launched.
class FragileDriver final : public GpuDriver {
  public:
    enum class Fault { gone, memory };

    FragileDriver(std::unique_ptr<GpuDriver> driver, Fault fault, std::shared_ptr<int> left)
        : driver_(std::move(driver)), fault_(fault), left_(std::move(left)) {}

    std::string name() const override { return driver_->name(); }
    void* allocate(std::size_t bytes) override { return driver_->allocate(bytes); }
    void release(void* memory) override { driver_->release(memory); }
    void upload(void* to, const void* from, std::size_t bytes) override { driver_->upload(to, from, bytes); }
    void download(void* to, const void* from, std::size_t bytes) override {
        driver_->download(to, from, bytes);
    }
    void copy(void* to, const void* from, std::size_t bytes) override { driver_->copy(to, from, bytes); }
    void zero(void* memory, std::size_t bytes) override { driver_->zero(memory, bytes); }
    void synchronise() override { driver_->synchronise(); }
    void launch(const KernelCall& call, std::span<const KernelArgument> arguments) override {
        if (--*left_ < 0) {
            if (fault_ == Fault::gone) throw Error("[opencl:0] the device is gone", "its log may say why");
            throw OutOfMemory("[opencl:0] the device has no 1.0 MiB more, 2.0 of 2.0 MiB are in use");
        }
        driver_->launch(call, arguments);
    }
    bool multiply(const MatrixProduct& product) override { return driver_->multiply(product); }

  private:
    std::unique_ptr<GpuDriver> driver_;
    Fault fault_;
    std::shared_ptr<int> left_;
};

std::unique_ptr<GpuDriver> driver_here(std::size_t memory_limit = 0) {
    return std::make_unique<opencl::Driver>(
        *opencl_here().api, 0,
        opencl::DriverOptions{.library_products = false, .memory_limit = memory_limit});
}

Machine machine_of(std::unique_ptr<GpuDriver> driver) {
    Machine out(1);
    out.given = std::make_shared<GpuDevice>(std::move(driver));
    return out;
}

Settings short_run(std::vector<ConfigItem> more = {}) {
    std::vector<ConfigItem> items = {
        {"model.width", "16", ""}, {"model.depth", "2", ""},  {"train.batch", "64", ""},
        {"train.steps", "12", ""}, {"save.every", "3", ""},   {"log.tensorboard", "false", ""},
        {"save.keep", "0", ""},    {"ema.decays", "0.9", ""}, {"evaluate.every", "0", ""}};
    items.insert(items.end(), more.begin(), more.end());
    return resolve(items);
}

constexpr std::size_t kKiB = 1024;

TEST(DeviceFailures, OutOfMemoryNamesThePlanAndWhatToLower) {
    if (no_opencl()) return;
    const auto wide = [](const char* tile) {
        return short_run({{"model.width", "128", ""}, {"train.batch", "512", ""}, {"train.tile", tile, ""}});
    };
    std::size_t needed = 0;
    {
        auto driver = driver_here();
        const auto& here = static_cast<opencl::Driver&>(*driver);
        const Trainer fits(wide("-1"), machine_of(std::move(driver)));
        needed = here.used_bytes();
    }
    const std::string no_step =
        error_of([&] { Trainer(wide("-1"), machine_of(driver_here(needed - 512 * kKiB))); });
    EXPECT_TRUE(says(no_step, {"[opencl:0] the device has no ", " MiB are in use; this run needs ",
                               "weights ", "gradients ", "moments ", "averages ", "activations of 512 rows ",
                               " so far", "train.tile (it is -1: 512 rows at a time)",
                               "train.recompute=true (it is false)", "train.batch (it is 512)"}))
        << no_step;
    EXPECT_EQ(no_step.find('\n'), std::string::npos);
    const std::string no_weights =
        error_of([&] { Trainer(wide("-1"), machine_of(driver_here(200 * kKiB))); });
    EXPECT_TRUE(says(no_weights, {"weights ", "a smaller network", "fewer averages (ema.decays is 0.9)"}))
        << no_weights;
    EXPECT_EQ(no_weights.find("train.tile"), std::string::npos) << no_weights;
    // What the line says helps.
    Trainer fits(wide("64"), machine_of(driver_here(needed - 512 * kKiB)));
    EXPECT_FALSE(fits.step().skipped);
}

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// In the middle of a run: the newest checkpoint stays as it was, and the run goes on from it, here and elsewhere.
void check_fault(FragileDriver::Fault fault, std::initializer_list<const char*> parts) {
    const Scratch scratch;
    const auto run = scratch / "run";
    const Settings settings = short_run();
    const TrainingView unseen{.lines = false, .bar = false};
    const auto left = std::make_shared<int>(1 << 30);
    std::string kept;
    {
        Trainer trainer(settings, machine_of(std::make_unique<FragileDriver>(driver_here(), fault, left)));
        TrainingHooks hooks;
        hooks.stop = [&] {
            if (trainer.steps_done() == 8) *left = 25;  // in the middle of the ninth step
            return false;
        };
        RunFolder folder = RunFolder::start(run, settings);
        const std::string line =
            error_of([&] { (void)run_training(trainer, folder, settings, unseen, hooks); });
        EXPECT_TRUE(says(line, parts)) << line;
        EXPECT_EQ(line.find('\n'), std::string::npos) << line;
        EXPECT_EQ(trainer.steps_done(), 8);
        kept = bytes_of(checkpoints_of(run).back());
    }
    EXPECT_FALSE(std::filesystem::exists(run / ".lock"));
    ASSERT_EQ(*step_of(checkpoints_of(run).back()), 6);
    EXPECT_EQ(bytes_of(checkpoints_of(run).back()), kept);
    for (const bool here : {true, false}) {
        RunFolder folder = RunFolder::resume(run, settings, 6);
        Trainer trainer(settings, here ? machine_of(driver_here()) : Machine(1));
        restore(trainer, *folder.point());
        EXPECT_EQ(run_training(trainer, folder, settings, unseen, {}), TrainingEnd::finished);
        EXPECT_EQ(*step_of(checkpoints_of(run).back()), 12);
    }
}

TEST(DeviceFailures, ADeviceThatVanishesLosesNothing) {
    if (no_opencl()) return;
    check_fault(FragileDriver::Fault::gone, {"[opencl:0] the device is gone | its log may say why"});
}

TEST(DeviceFailures, MemoryThatEndsInTheMiddleLosesNothing) {
    if (no_opencl()) return;
    check_fault(FragileDriver::Fault::memory, {"2.0 of 2.0 MiB are in use; this run needs ", "train.tile"});
}

TEST(DeviceFailures, WhoRefusesToGoOnLeavesTheFolderAsItWas) {
    const Scratch scratch;
    const Settings settings = short_run({{"train.steps", "3", ""}});
    {
        Trainer trainer(settings, 1);
        RunFolder folder = RunFolder::start(scratch / "run", settings);
        (void)run_training(trainer, folder, settings, {.lines = false, .bar = false}, {});
    }
    EXPECT_FALSE(std::filesystem::exists(scratch / "run" / ".lock"));
    EXPECT_TRUE(says(error_of([&] {
                         (void)RunFolder::resume(scratch / "run", short_run({{"model.width", "24", ""}}));
                     }),
                     {"model.width"}));
    EXPECT_FALSE(std::filesystem::exists(scratch / "run" / ".lock"));
}

// Samples are drawn in pieces that fit.
TEST(DeviceFailures, SamplesThatDoNotFitAreDrawnFewerAtATime) {
    if (no_opencl()) return;
    const Settings settings = short_run();
    constexpr std::int64_t count = 3000;
    std::size_t weights = 0;
    const auto drawn = [&](std::size_t limit) {
        GpuDevice device(driver_here(limit));
        Trainer trainer(settings, 1);
        auto& model = const_cast<VelocityModel&>(trainer.model());
        model.params().move_to(device);
        model.params().repack(device, Precision::f32);
        weights = static_cast<opencl::Driver&>(device.driver()).used_bytes();
        std::vector<float> z = sampling_noise(3, 0, count, 2);
        sample(device, model, {.times = uniform_times(1, false)}, {}, z, 2);
        return z;
    };
    const std::vector<float> whole = drawn(0), pieces = drawn(160 * kKiB);
    EXPECT_EQ(whole, pieces);
    EXPECT_TRUE(says(error_of([&] { (void)drawn(weights + 256); }),
                     {"the device has no ", "one sample at a time was tried", "a smaller network"}));
}

}  // namespace
