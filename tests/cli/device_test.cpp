// SPDX-License-Identifier: MIT
// Runs and samples on another device than the CPU: the same draws, the same numbers within tolerance, and a checkpoint that
// does not know where it was made.
#include <cmath>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "io/npz.hpp"
#include "ops/gpu/opencl_here.hpp"
#include "train/run_folder.hpp"

namespace {

using namespace mf;
using test::Outcome;
using test::run_program;
using test::Scratch;

using Words = std::vector<std::string>;

Words training(const Words& config, const std::string& out, const std::string& steps,
               const std::string& device) {
    Words words = {"train"};
    words.insert(words.end(), config.begin(), config.end());
    for (const std::string& word :
         {"train.steps=" + steps, std::string("log.tensorboard=false"), std::string("--quiet"),
          std::string("--out"), out, std::string("--device"), device})
        words.push_back(word);
    return words;
}

/// Largest difference of two checkpoints' tensors, as a share of the root mean square of each tensor.
double difference(const Checkpoint& a, const Checkpoint& b) {
    double worst = 0;
    EXPECT_EQ(a.step, b.step);
    for (const auto& [name, tensor] : a.file.tensors) {
        const Tensor& other = b.file.tensors.at(name);
        double squares = 0, largest = 0;
        for (std::int64_t i = 0; i < tensor.count(); ++i) {
            squares += std::pow(tensor.f32()[i], 2);
            largest = std::max(largest, std::abs(double{tensor.f32()[i]} - other.f32()[i]));
        }
        const double scale =
            std::sqrt(squares / static_cast<double>(std::max<std::int64_t>(1, tensor.count())));
        // A moment, or a layer that began at zero, has no scale of its own yet.
        worst = std::max(worst, largest / std::max(scale, 1e-3));
    }
    return worst;
}

Checkpoint newest(const std::filesystem::path& run) { return read_checkpoint(checkpoints_of(run).back()); }

const Words kToy = {"toy/imf", "train.batch=64", "model.width=32", "ema.decays=0.9", "optim.clip=1"};
const Words kSmallMit = {"shapes/imf",     "train.batch=4",    "model.hidden=32",
                         "model.depth=2",  "model.heads=2",    "model.head_depth=1",
                         "sample.every=0", "evaluate.every=0", "optim.name=muon"};

const Words kSmallDit = {"shapes/mf",     "model.name=dit",  "precision=f32",
                         "train.batch=4", "model.hidden=32", "model.depth=2",
                         "model.heads=2", "sample.every=0",  "evaluate.every=0"};

TEST(Device, ARunOnOpenClIsThatOfTheCpu) {
    if (no_opencl()) return;
    const Scratch scratch;
    for (const Words& config : {kToy, kSmallMit, kSmallDit}) {
        for (const std::string device : {"cpu", "opencl"}) {
            const Outcome done = run_program(scratch, training(config, device, "3", device));
            ASSERT_EQ(done.code, 0) << done.err;
        }
        EXPECT_LT(difference(newest(scratch / "cpu"), newest(scratch / "opencl")), 5e-3);
        std::filesystem::remove_all(scratch / "cpu");
        std::filesystem::remove_all(scratch / "opencl");
    }
}

TEST(Device, ARunGoesOnElsewhereAndSamplesAreDrawnThere) {
    if (no_opencl()) return;
    const Scratch scratch;
    ASSERT_EQ(run_program(scratch, training(kToy, "whole", "4", "cpu")).code, 0);
    ASSERT_EQ(run_program(scratch, training(kToy, "begun", "2", "cpu")).code, 0);
    for (const std::string device : {"opencl", "cpu"}) {
        const Outcome on =
            run_program(scratch, {"train", "--resume", "--out", "begun", "--quiet", "--device", device,
                                  device == "cpu" ? "train.steps=4" : "train.steps=3"});
        ASSERT_EQ(on.code, 0) << on.err;
    }
    EXPECT_LT(difference(newest(scratch / "whole"), newest(scratch / "begun")), 5e-3);
    for (const std::string device : {"cpu", "opencl"}) {
        const Outcome drawn = run_program(scratch, {"sample", "whole", "--count", "300", "--steps", "2",
                                                    "--out", device + ".npz", "--device", device});
        ASSERT_EQ(drawn.code, 0) << drawn.err;
    }
    const auto samples = [&](const std::string& name) { return read_npz(scratch / name).at("samples"); };
    const Tensor here = samples("cpu.npz"), there = samples("opencl.npz");
    ASSERT_EQ(here.shape(), there.shape());
    for (std::int64_t i = 0; i < here.count(); ++i) EXPECT_NEAR(here.f32()[i], there.f32()[i], 1e-4) << i;
}

TEST(Device, OneThatIsNotThereIsRefusedByOneLine) {
    const Scratch scratch;
    for (const std::string name : {"gpu", "opencl:", "opencl:x", "opencl,tf32", "cuda:", "cuda:x",
                                   "cuda:0,fp8", "cudas", "cuda:99", "cuda:99,tf32", "opencl:99", ""}) {
        const Outcome refused = run_program(scratch, training(kToy, "run", "2", name));
        EXPECT_NE(refused.code, 0) << name;
        const char* const wanted = name.starts_with("opencl:9") ? "OpenCL"
                                   : name.starts_with("cuda:9") ? "cuda"  // libcuda.so.1, or [cuda:99]
                                                                : "there is no device";
        EXPECT_NE(refused.err.find(wanted), std::string::npos) << refused.err;
        EXPECT_FALSE(std::filesystem::exists(scratch / "run")) << name;
    }
    const Outcome listed = run_program(scratch, {"info", "devices"});
    EXPECT_EQ(listed.code, 0) << listed.err;
    EXPECT_NE(listed.out.find("\ncpu "), std::string::npos) << listed.out;
}

TEST(Device, ListedWithWhatItCanAndHowFast) {
    const Scratch scratch;
    const Outcome listed = run_program(scratch, {"info", "devices", "--json"});
    ASSERT_EQ(listed.code, 0) << listed.err;
    const nlohmann::json devices = nlohmann::json::parse(listed.out)["devices"];
    ASSERT_GE(devices.size(), no_opencl() ? 1U : 2U);
    EXPECT_EQ(devices[0]["name"], "cpu");
    for (const auto& device : devices)
        for (const char* rate : {"gemm_gflops_f32", "gemm_gflops_bf16"}) {
            ASSERT_TRUE(device[rate].is_number()) << listed.out;
            EXPECT_GT(device[rate].get<double>(), 0.01) << listed.out;
        }
    const Outcome ops = run_program(scratch, {"info", "ops", "--json"});
    ASSERT_EQ(ops.code, 0) << ops.err;
    for (const auto& op : nlohmann::json::parse(ops.out)) {
        EXPECT_EQ(op["devices"].size(), devices.size());
        EXPECT_EQ(op["devices"]["cpu"], true);
        if (devices.size() > 1 && (op["name"] == "conv2d" || op["name"] == "attention")) {
            EXPECT_EQ(op["devices"]["opencl:0"], op["name"] == "attention");
        }
    }
    const Outcome text = run_program(scratch, {"info", "ops"});
    EXPECT_NE(text.out.find(" cpu"), std::string::npos);
    EXPECT_EQ(text.out.find("lacks it") == std::string::npos, devices.size() == 1);
}

TEST(Device, BenchStepTellsWhatTravels) {
    const Scratch scratch;
    const auto timed = [&](const std::string& device, bool json) {
        Words words = {
            "bench", "step",     "toy/imf", "train.batch=64", "model.width=16", "--repeat", "3", "--warm-up",
            "2",     "--device", device};
        if (json) words.emplace_back("--json");
        const Outcome done = run_program(scratch, words);
        EXPECT_EQ(done.code, 0) << done.err;
        return done.out;
    };
    EXPECT_EQ(timed("cpu", false).find("uploads"), std::string::npos);
    EXPECT_EQ(nlohmann::json::parse(timed("cpu", true))["traffic_per_step"]["launches"], 0);
    if (no_opencl()) return;
    EXPECT_NE(timed("opencl", false).find("a step uploads "), std::string::npos);
    const nlohmann::json all = nlohmann::json::parse(timed("opencl", true));
    EXPECT_EQ(all["device"], "opencl:0");
    EXPECT_GE(all["traffic_per_step"]["uploaded_bytes"], 64 * 2 * 2 * 4);
    EXPECT_LE(all["traffic_per_step"]["uploaded_bytes"], 64 * 2 * 2 * 4 + 64 * 64);
    EXPECT_LE(all["traffic_per_step"]["downloaded_bytes"], 8 * 1024 + 64);
    EXPECT_GT(all["traffic_per_step"]["launches"], 20);
}

}  // namespace
