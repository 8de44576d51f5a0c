// SPDX-License-Identifier: MIT
// --device of every command that computes: it acts, its numbers are the CPU's within rounding, and what a device cannot do is
// refused before anything is made.
#include <cmath>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "ops/gpu/opencl_here.hpp"

namespace {

using namespace mf;
using nlohmann::json;
using test::Outcome;
using test::run_program;
using test::Scratch;

using Words = std::vector<std::string>;

Words with(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

const Words kPoints = {"toy/imf", "train.batch=32", "model.width=16", "train.steps=3",
                       "log.tensorboard=false"};

json answer(const Scratch& scratch, const Words& words) {
    const Outcome outcome = run_program(scratch, with(words, {"--json"}));
    EXPECT_EQ(outcome.code, 0) << words[0] << ": " << outcome.err;
    return outcome.code == 0 ? json::parse(outcome.out) : json();
}

/// Every number of two answers, but times.
void expect_close(const json& a, const json& b, double tolerance, const std::string& where) {
    ASSERT_EQ(a.type() == json::value_t::null, b.type() == json::value_t::null) << where;
    if (a.is_object()) {
        ASSERT_EQ(a.size(), b.size()) << where;
        for (const auto& [key, value] : a.items())
            if (key != "ms" && key != "device") expect_close(value, b.at(key), tolerance, where + "." + key);
    } else if (a.is_array()) {
        ASSERT_EQ(a.size(), b.size()) << where;
        for (std::size_t i = 0; i < a.size(); ++i)
            expect_close(a[i], b[i], tolerance, where + "[" + std::to_string(i) + "]");
    } else if (a.is_number()) {
        const double x = a.get<double>(), y = b.get<double>();
        EXPECT_NEAR(x, y, tolerance * std::max(1.0, std::abs(x))) << where;
    } else {
        EXPECT_EQ(a, b) << where;
    }
}

TEST(DeviceCommands, WhatIsNotThereIsRefusedBeforeAnythingIsMade) {
    const Scratch scratch;
    ASSERT_EQ(run_program(scratch, with({"train"}, with(kPoints, {"--out", "run", "--quiet"}))).code, 0);
    const std::vector<Words> commands = {
        {"train", "toy/imf", "--out", "made"},
        {"sample", "run", "--out", "made"},
        {"eval", "run"},
        {"plot", "run", "--figure", "cloud", "--out", "made"},
        {"diagnose", "run"},
        {"demo", "--quick", "--out", "made"},
        {"demo", "shapes", "--quick", "--out", "made"},
        {"ablate", "toy/imf", "--out", "made"},
        {"serve", "run", "--port", "0"},
        {"train-classifier", "--out", "made.safetensors"},
        {"bench", "step", "toy/imf"},
        {"bench", "sample", "toy/imf"},
        {"bench", "ops", "silu"},
        {"bench", "vae", "decode"},
        {"bench", "inception"},
        {"verify", MF_TEST_DATA},
        {"verify", "--ops", "silu"},
    };
    for (const Words& command : commands) {
        const Outcome refused = run_program(scratch, with(command, {"--device", "gpu"}));
        EXPECT_EQ(refused.code, 2) << command[0];
        EXPECT_NE(refused.err.find("there is no device 'gpu'"), std::string::npos) << refused.err;
        EXPECT_FALSE(std::filesystem::exists(scratch / "made")) << command[0];
        EXPECT_FALSE(std::filesystem::exists(scratch / "made.safetensors")) << command[0];
    }
}

TEST(DeviceCommands, ItIsForNetworksAndNotForFiles) {
    const Scratch scratch;
    const Outcome refused =
        run_program(scratch, {"eval", "samples.npz", "data.name=moons", "--device", "cpu"});
    EXPECT_EQ(refused.code, 2);
    EXPECT_NE(refused.err.find("--device is for networks"), std::string::npos) << refused.err;
}

TEST(DeviceCommands, TheBatteryIsAProgram) {
    const Scratch scratch;
    const json report = answer(scratch, {"verify", "--ops", "silu"});
    ASSERT_EQ(report.at("ops").size(), 1U);
    const json& silu = report.at("ops")[0];
    EXPECT_EQ(silu.at("state"), "ok");
    EXPECT_EQ(report.at("device"), "cpu");
    for (const char* pass : {"value", "tangent", "adjoint"}) {
        EXPECT_GT(silu.at(pass).get<double>(), 0) << pass;
        EXPECT_LT(silu.at(pass).get<double>(), 1) << pass;
    }
    const Outcome none = run_program(scratch, {"verify", "--ops", "no_such_op"});
    EXPECT_EQ(none.code, 2) << none.err;
    EXPECT_EQ(run_program(scratch, {"verify"}).code, 2);
}

TEST(DeviceCommands, NumbersOnOpenClAreThoseOfTheCpu) {
    if (no_opencl()) return;
    const Scratch scratch;
    ASSERT_EQ(run_program(scratch, with({"train"}, with(kPoints, {"--out", "run", "--quiet"}))).code, 0);
    const std::vector<std::pair<Words, double>> commands = {
        {{"eval", "run", "--count", "200", "--steps", "1,2"}, 1e-4},
        {{"diagnose", "run", "--count", "64"}, 1e-3},
    };
    for (const auto& [command, tolerance] : commands)
        expect_close(answer(scratch, with(command, {"--device", "cpu"})),
                     answer(scratch, with(command, {"--device", "opencl"})), tolerance, command[0]);
    const Outcome told = run_program(scratch, {"eval", "run", "--count", "50", "--device", "opencl"});
    EXPECT_NE(told.err.find("scores are computed on the CPU"), std::string::npos) << told.err;

    const json timed =
        answer(scratch, {"bench", "sample", "run", "--batch", "4", "--repeat", "2", "--device", "opencl"});
    EXPECT_EQ(timed.at("device"), "opencl:0");
    const json ops = answer(scratch, {"bench", "ops", "silu", "--device", "opencl"});
    EXPECT_EQ(ops.at("device"), "opencl:0");
    EXPECT_GT(ops.at("ops")[0].at("value").at("ms").get<double>(), 0);
    const json battery = answer(scratch, {"verify", "--ops", "max_pool", "--device", "opencl"});
    EXPECT_EQ(battery.at("ops")[0].at("state"), "lacks");
    EXPECT_EQ(battery.at("device"), "opencl:0");
    EXPECT_FALSE(battery.at("driver").get<std::string>().empty());
}

TEST(DeviceCommands, WhatNeedsConvolutionsIsRefusedByOneLine) {
    if (no_opencl()) return;
    const Scratch scratch;
    for (const Words& command : std::vector<Words>{{"train-classifier", "--out", "made.safetensors"},
                                                   {"bench", "vae", "decode"},
                                                   {"bench", "inception"}}) {
        const Outcome refused = run_program(scratch, with(command, {"--device", "opencl"}));
        EXPECT_EQ(refused.code, 2) << command[0];
        EXPECT_NE(refused.err.find("needs convolutions"), std::string::npos) << refused.err;
        EXPECT_FALSE(std::filesystem::exists(scratch / "made.safetensors"));
    }
}

TEST(DeviceCommands, WhatTrainingShowsOnTheWayIsComputedThere) {
    if (no_opencl()) return;
    const Scratch scratch;
    const Words looking = with(kPoints, {"evaluate.every=2", "evaluate.count=200", "evaluate.steps=1",
                                         "diagnose.every=2", "diagnose.count=32", "--quiet"});
    std::vector<json> rows;
    for (const std::string device : {"cpu", "opencl"}) {
        const Outcome done =
            run_program(scratch, with({"train"}, with(looking, {"--out", device, "--device", device})));
        ASSERT_EQ(done.code, 0) << done.err;
        json all = json::array();
        std::istringstream lines(test::text_of(scratch / device / "metrics.jsonl"));
        for (std::string line; std::getline(lines, line);) all.push_back(json::parse(line));
        rows.push_back(all);
    }
    EXPECT_NE(rows[0].dump().find("noise_ratio"), std::string::npos);
    EXPECT_NE(rows[0].dump().find("swd@1"), std::string::npos);
    expect_close(rows[0], rows[1], 5e-3, "rows");
}

TEST(DeviceCommands, AblationsRunThere) {
    if (no_opencl()) return;
    const Scratch scratch;
    const json table = answer(
        scratch, {"ablate", "toy/imf", "train.batch=32", "model.width=16", "--only", "tangent", "--steps",
                  "2", "--count", "100", "--out", "table", "--quiet", "--device", "opencl"});
    EXPECT_GE(table.at("rows").size(), 2U);
}

}  // namespace
