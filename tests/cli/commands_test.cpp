// SPDX-License-Identifier: MIT
// The commands on a small run: what they write is what they say.
#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "io/npz.hpp"
#include "io/safetensors.hpp"
#include "plot/figure.hpp"

namespace {

using namespace mf;
using test::Outcome;
using test::run_program;
using test::Scratch;
using test::small_training;

nlohmann::json json_of(const Outcome& outcome) {
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out, nullptr, false);
}

/// One run for all tests of a suite.
class OnARun : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        scratch = new Scratch;
        const Outcome outcome =
            run_program(*scratch, small_training("run", {"ema.decays=0.9", "save.keep=0"}));
        ASSERT_EQ(outcome.code, 0) << outcome.err;
    }
    static void TearDownTestSuite() { delete scratch; }
    static Scratch* scratch;
};
Scratch* OnARun::scratch = nullptr;

TEST_F(OnARun, SampleWritesTheSamplesAndHowTheyWereDrawn) {
    ASSERT_EQ(
        run_program(*scratch, {"sample", "run", "--count", "300", "--seed", "3", "--out", "a.npz"}).code, 0);
    const auto arrays = read_npz(*scratch / "a.npz");
    ASSERT_EQ(arrays.size(), 3U);
    EXPECT_EQ(arrays.at("samples").shape(), (Shape{300, 2}));

    // The first samples of a seed are the same however many are drawn, and on however many threads.
    ASSERT_EQ(run_program(*scratch, {"sample", "run", "--count", "77", "--seed", "3", "--threads", "1",
                                     "--out", "b.npz"})
                  .code,
              0);
    const auto fewer = read_npz(*scratch / "b.npz").at("samples");
    EXPECT_TRUE(
        std::equal(fewer.floats().begin(), fewer.floats().end(), arrays.at("samples").floats().begin()));
    ASSERT_EQ(run_program(*scratch, {"sample", "run", "--count", "77", "--seed", "4", "--out", "c.npz"}).code,
              0);
    EXPECT_FALSE(std::ranges::equal(read_npz(*scratch / "c.npz").at("samples").floats(), fewer.floats()));
}

TEST_F(OnARun, SeveralNumbersOfStepsGiveSeveralFiles) {
    const auto json =
        json_of(run_program(*scratch, {"sample", "run", "--steps", "1,4", "--out", "s.npz", "--json"}));
    ASSERT_EQ(json.at("outputs").size(), 2U);
    EXPECT_EQ(json.at("outputs")[1].at("file"), "s_4.npz");
    EXPECT_EQ(json.at("outputs")[1].at("weights"), "ema_0.9");
    EXPECT_TRUE(std::filesystem::exists(*scratch / "s_1.npz"));
}

TEST_F(OnARun, RecordKeepsTheWayFromNoiseToData) {
    ASSERT_EQ(run_program(*scratch, {"sample", "run", "--steps", "10", "--record", "3", "--count", "5",
                                     "--out", "r.npz"})
                  .code,
              0);
    const auto arrays = read_npz(*scratch / "r.npz");
    EXPECT_EQ(arrays.at("recorded").shape(), (Shape{3, 5, 2}));
    const auto* times = static_cast<const double*>(arrays.at("recorded_times").raw());
    EXPECT_EQ(times[0], 1.0);
    EXPECT_EQ(times[1], 0.5);
    EXPECT_EQ(times[2], 0.0);
    const auto last = arrays.at("recorded").reshaped({3, 10}).row_range(2, 3);
    EXPECT_TRUE(std::ranges::equal(last.floats(), arrays.at("samples").floats()));
}

TEST_F(OnARun, ListedTimesAreTaken) {
    ASSERT_EQ(
        run_program(*scratch, {"sample", "run", "--times", "1,0.5,0", "--count", "9", "--out", "t.npz"}).code,
        0);
    ASSERT_EQ(run_program(*scratch, {"sample", "run", "--steps", "2", "--count", "9", "--out", "u.npz"}).code,
              0);
    EXPECT_TRUE(std::ranges::equal(read_npz(*scratch / "t.npz").at("samples").floats(),
                                   read_npz(*scratch / "u.npz").at("samples").floats()));
    EXPECT_EQ(run_program(*scratch, {"sample", "run", "--times", "0,1", "--out", "v.npz"}).code, 2);
    EXPECT_EQ(run_program(*scratch, {"sample", "run", "--times", "1,0.2,0.4,0", "--out", "v.npz"}).code, 2);
}

TEST_F(OnARun, WeightsAndCheckpointsCanBeChosen) {
    const auto samples = [&](const std::vector<std::string>& more) {
        std::vector<std::string> words = {"sample", "run", "--count", "50", "--out", "w.npz"};
        words.insert(words.end(), more.begin(), more.end());
        EXPECT_EQ(run_program(*scratch, words).code, 0);
        const Tensor array = read_npz(*scratch / "w.npz").at("samples");
        return std::vector<float>(array.floats().begin(), array.floats().end());
    };
    EXPECT_EQ(samples({}), samples({"--weights", "ema_0.9"}));
    EXPECT_NE(samples({}), samples({"--weights", "online"}));
    EXPECT_NE(samples({}), samples({"--step", "10"}));
    EXPECT_EQ(run_program(*scratch, {"sample", "run", "--weights", "ema_0.5"}).code, 2);
    EXPECT_EQ(run_program(*scratch, {"sample", "run", "--step", "11"}).code, 1);
}

TEST_F(OnARun, EvalGivesARowForEachNumberOfSteps) {
    const auto json =
        json_of(run_program(*scratch, {"eval", "run", "--steps", "1,2", "--count", "500", "--json"}));
    ASSERT_EQ(json.at("results").size(), 2U);
    const auto& row = json.at("results")[1];
    EXPECT_EQ(row.at("steps"), 2);
    EXPECT_EQ(row.at("trained_steps"), 40);
    EXPECT_EQ(row.at("n"), 500);
    for (const char* name : {"inside", "swd", "mmd2", "energy", "coverage"})
        EXPECT_TRUE(row.at(name).is_number()) << name;

    // A file of the same samples has the same numbers.
    ASSERT_EQ(
        run_program(*scratch, {"sample", "run", "--steps", "2", "--count", "500", "--out", "e.npz"}).code, 0);
    const auto file = json_of(run_program(*scratch, {"eval", "e.npz", "--json"}));
    EXPECT_EQ(file.at("results")[0].at("swd"), row.at("swd"));
}

TEST_F(OnARun, InfoShowsFilesAndRuns) {
    const auto file =
        json_of(run_program(*scratch, {"info", "run/checkpoints/step_40.safetensors", "--json"}));
    EXPECT_EQ(file.at("metadata").at("step"), "40");
    EXPECT_EQ(file.at("metadata").at("objective"), "imf");
    const auto run = json_of(run_program(*scratch, {"info", "run", "--json"}));
    EXPECT_EQ(run.at("settings").at("train.steps"), "40");
    EXPECT_EQ(run.at("checkpoints").size(), 4U);
}

TEST_F(OnARun, PlotDrawsEveryFigure) {
    if (!plot::can_draw()) GTEST_SKIP() << "gnuplot is not installed";
    const auto json =
        json_of(run_program(*scratch, {"plot", "run", "again=run", "--figure", "all", "--count", "100",
                                       "--steps", "2", "--format", "png", "--out", "figures", "--json"}));
    for (const char* name : {"pair", "compare", "evolution", "stages", "losses"})
        EXPECT_TRUE(std::filesystem::exists(*scratch / "figures" / (std::string(name) + ".png"))) << name;
    EXPECT_EQ(json.at("files").size(), 5U);
    EXPECT_EQ(run_program(*scratch, {"plot", "run", "--figure", "mf-forward"}).code, 2);
}

TEST(Verify, GoldenVectorsPassAndSpoiltOnesFail) {
    const Scratch scratch;
    for (const char* name : {"metrics", "samplers", "optim", "toy_checkerboard"})
        std::filesystem::copy_file(std::string(MF_TEST_DATA) + "/" + name + ".safetensors",
                                   scratch / (std::string(name) + "_blind.safetensors"));
    std::filesystem::copy_file(MF_TEST_DATA "/optim.safetensors", scratch / "wholly_unknown.safetensors");
    const auto good = json_of(run_program(scratch, {"verify", ".", "--json"}));
    ASSERT_EQ(good.at("cases").size(), 5U);
    for (const auto& one : good.at("cases")) {
        EXPECT_EQ(one.at("status"), one.at("file") == "wholly_unknown.safetensors" ? "skipped" : "passed")
            << one;
        EXPECT_EQ(one.size(), 7U);
        EXPECT_TRUE(one.at("unchecked").empty()) << one;
    }

    TensorFile file = read_safetensors(scratch / "optim_blind.safetensors");
    file.tensors.at("ema.0.9").f32()[3] += 1e-3F;
    write_safetensors(scratch / "optim_blind.safetensors", file);
    const Outcome outcome = run_program(scratch, {"verify", ".", "--json"});
    EXPECT_EQ(outcome.code, 1);
    const auto json = nlohmann::json::parse(outcome.out);
    for (const auto& one : json.at("cases"))
        if (one.at("file") == "optim_blind.safetensors") {
            EXPECT_EQ(one.at("status"), "failed");
            EXPECT_EQ(one.at("tensor"), "ema.0.9");
        }
}

TEST(BenchStep, AWarmStepAllocatesNothing) {
    const Scratch scratch;
    const auto json = json_of(run_program(scratch, {"bench", "step", "toy/imf", "train.batch=256", "--repeat",
                                                    "10", "--warm-up", "3", "--json"}));
    EXPECT_EQ(json.at("allocations_per_step"), 0);
    EXPECT_EQ(json.at("ms").at("n"), 10);
    EXPECT_GT(json.at("ms").at("median").get<double>(), 0);
    for (const char* name : {"gflop", "gflops", "peak_gflops", "peak_share", "rss_mib", "plan_mib"})
        EXPECT_GT(json.at(name).get<double>(), 0) << name;
}

TEST(BenchOps, TimesTheOpsThatAreAskedFor) {
    const Scratch scratch;
    const auto json = json_of(run_program(scratch, {"bench", "ops", "scale", "--json"}));
    EXPECT_GT(json.at("peak_gflops").get<double>(), 0);
    ASSERT_FALSE(json.at("ops").empty());
    for (const auto& op : json.at("ops")) {
        EXPECT_EQ(op.at("op"), "scale");
        for (const char* pass : {"value", "with_tangent", "adjoint"})
            EXPECT_GT(op.at(pass).at("ms").get<double>(), 0) << pass;
    }
    EXPECT_EQ(run_program(scratch, {"bench", "ops", "scalpel"}).code, 2);
}

TEST(BenchInception, CountsPicturesASecond) {
    const Scratch scratch;
    const auto json =
        json_of(run_program(scratch, {"bench", "inception", "--batch", "1", "--seconds", "0.01", "--json"}));
    EXPECT_NEAR(json.at("gflop").get<double>(), 11.4, 0.1);
    for (const char* name : {"images_per_s", "prepare_ms", "gflops", "peak_gflops", "plan_mib", "rss_mib"})
        EXPECT_GT(json.at(name).get<double>(), 0) << name;
}

TEST(BenchVae, TimesHalfTheAutoencoder) {
    const Scratch scratch;
    const auto json = json_of(
        run_program(scratch, {"bench", "vae", "encode", "--side", "16", "--seconds", "0.01", "--json"}));
    EXPECT_EQ(json.at("work"), "vae_encode");
    EXPECT_EQ(json.at("ms").at("n"), 3);
    for (const char* name :
         {"prepare_ms", "gflop", "gflops", "peak_gflops", "peak_share", "plan_mib", "rss_mib"})
        EXPECT_GT(json.at(name).get<double>(), 0) << name;
    EXPECT_EQ(run_program(scratch, {"bench", "vae", "decoder"}).code, 2);
    EXPECT_EQ(run_program(scratch, {"bench", "vae", "decode", "--side", "20"}).code, 2);
}

TEST(Info, EveryOpHasALaw) {
    const Scratch scratch;
    const auto json = json_of(run_program(scratch, {"info", "ops", "--json"}));
    EXPECT_GE(json.size(), 10U);
    for (const auto& op : json) EXPECT_FALSE(op.at("law").get<std::string>().empty()) << op.at("name");
}

TEST(Verify, TheVectorsOfTheTestTreePassAndTheirErrorsInHalfPrecisionAreShown) {
    const Scratch scratch;
    const auto whole = json_of(run_program(scratch, {"verify", MF_TEST_DATA, "--json"}));
    EXPECT_GE(whole.at("cases").size(), 13U);
    for (const auto& one : whole.at("cases")) EXPECT_EQ(one.at("status"), "passed") << one.at("file");

    const auto half = json_of(run_program(
        scratch, {"verify", MF_TEST_DATA "/mit_forward.safetensors", "--precision", "bf16", "--json"}));
    const auto& one = half.at("cases")[0];
    EXPECT_EQ(one.at("status"), "measured");
    double worst = 0;
    for (const auto& tensor : one.at("errors")) worst = std::max(worst, tensor.at("error").get<double>());
    EXPECT_GT(worst, 1e-4);  // it did compute in bf16
    EXPECT_LT(worst, 1e-2);
    const Outcome words =
        run_program(scratch, {"verify", MF_TEST_DATA "/mit_loss_b.safetensors", "--precision", "bf16"});
    EXPECT_EQ(words.code, 0) << words.err;
    EXPECT_NE(words.out.find("gradients"), std::string::npos) << words.out;
}

}  // namespace
