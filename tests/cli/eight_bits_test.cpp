// SPDX-License-Identifier: MIT
// What 8 bits change in the samples of a small trained network, and what the program says about such files.
#include <cmath>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "core/team.hpp"
#include "io/npz.hpp"
#include "metrics/frechet.hpp"

namespace {

using namespace mf;
using test::Outcome;
using test::run_program;
using test::Scratch;

/// One run for all tests of a suite, as f32 and with 8 bits.
class EightBitFiles : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        scratch = new Scratch;
        const Outcome trained = run_program(
            *scratch,
            {"train", "shapes/imf", "data.size=8", "data.classes=0,1,2", "model.size=T", "model.patch=2",
             "model.hidden=32", "model.depth=3", "model.heads=2", "model.head_depth=1", "train.batch=32",
             "train.steps=200", "schedule.warmup=20", "evaluate.every=0", "sample.every=0", "--out", "run"});
        ASSERT_EQ(trained.code, 0) << trained.err;
        for (const char* type : {"f32", "int8"}) {
            const std::string file = std::string(type) + ".safetensors";
            converted =
                run_program(*scratch, {"convert", "run", file, "--weights", "online", "--dtype", type});
            ASSERT_EQ(converted.code, 0) << converted.err;
        }
    }
    static void TearDownTestSuite() { delete scratch; }

    /// 600 samples, a row each.
    static std::vector<float> drawn(const std::string& weights, const std::string& seed) {
        const Outcome outcome =
            run_program(*scratch, {"sample", weights, "--count", "600", "--seed", seed, "--out", "s.npz"});
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        const Tensor samples = ArrayFile(*scratch / "s.npz").read("samples");
        return {samples.floats().begin(), samples.floats().end()};
    }

    static Scratch* scratch;
    static Outcome converted;
};
Scratch* EightBitFiles::scratch = nullptr;
Outcome EightBitFiles::converted;

constexpr std::int64_t kPixels = 8 * 8 * 3;

double pixel_distance(const std::vector<float>& a, const std::vector<float>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += std::pow(static_cast<double>(a[i]) - b[i], 2);
    return std::sqrt(sum / static_cast<double>(a.size()));
}

TEST_F(EightBitFiles, SamplesOfATrainedNetworkHardlyMove) {
    const std::vector<float> exact = drawn("f32.safetensors", "5"), bytes = drawn("int8.safetensors", "5"),
                             others = drawn("f32.safetensors", "6");
    ASSERT_EQ(std::ssize(exact), 600 * kPixels);
    // Pixels go from -1 to 1; what 8 bits change is below three of 256 grey levels, other noise changes a quarter.
    EXPECT_LT(pixel_distance(exact, bytes), 0.025);
    EXPECT_GT(pixel_distance(exact, bytes), 0.0005);
    EXPECT_GT(pixel_distance(exact, others), 0.2);
    // The distribution: Fréchet distance of pixels, beside that of two sets of the same network.
    Team team(2);
    const auto distance = [&](const std::vector<float>& a, const std::vector<float>& b) {
        return frechet_distance(as_rows(a, kPixels), as_rows(b, kPixels), team);
    };
    EXPECT_LT(distance(exact, bytes), 0.05 * distance(exact, others));
}

TEST_F(EightBitFiles, TheProgramNamesThemAndRefusesWhatTheyAreNotFor) {
    EXPECT_NE(converted.out.find("'meanflow sample int8.safetensors'"), std::string::npos) << converted.out;
    EXPECT_LT(std::filesystem::file_size(*scratch / "int8.safetensors"),
              0.45 * static_cast<double>(std::filesystem::file_size(*scratch / "f32.safetensors")));
    const Outcome info = run_program(*scratch, {"info", "int8.safetensors", "--json"});
    EXPECT_EQ(nlohmann::json::parse(info.out).at("metadata").at("dtype"), "int8");
    const auto refused = [&](const std::vector<std::string>& words, const std::string& part) {
        const Outcome outcome = run_program(*scratch, words);
        EXPECT_NE(outcome.code, 0) << words[0];
        EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
    };
    refused({"convert", "int8.safetensors", "x.safetensors"}, "has 8 bits already");
    refused({"sample", "int8.safetensors", "--precision", "f32", "--out", "x.npz"}, "weights of 8 bits");
    refused({"eval", "int8.safetensors", "--precision", "f32"}, "weights of 8 bits");
    refused({"train", "run/config.yaml", "--init", "int8.safetensors", "--out", "tuned"}, "are for sampling");
    EXPECT_FALSE(std::filesystem::exists(*scratch / "x.safetensors"));
    EXPECT_EQ(
        run_program(*scratch, {"sample", "int8.safetensors", "--precision", "bf16", "--out", "y.npz"}).code,
        0);
    const Outcome bench = run_program(
        *scratch, {"bench", "sample", "int8.safetensors", "--batch", "2", "--repeat", "2", "--json"});
    EXPECT_EQ(nlohmann::json::parse(bench.out).at("precision"), "int8");
}

}  // namespace
