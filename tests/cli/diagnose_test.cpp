// SPDX-License-Identifier: MIT
// meanflow diagnose, diagnose.every and figure diagnostics; figure scores; meanflow ablate.
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "plot/figure.hpp"

namespace {

using namespace mf;
using nlohmann::json;
using test::Outcome;
using test::run_program;
using test::Scratch;
using test::small_training;

TEST(Diagnose, NumbersOfARunAreLoggedShownAndDrawn) {
    const Scratch scratch;
    ASSERT_EQ(run_program(scratch, small_training("run", {"diagnose.every=10", "diagnose.count=40"})).code,
              0);
    EXPECT_NE(test::text_of(scratch / "run/metrics.jsonl").find("\"diagnose.noise_ratio\""),
              std::string::npos);
    const Outcome outcome = run_program(scratch, {"diagnose", "run", "--count", "50", "--json"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const json result = json::parse(outcome.out);
    EXPECT_EQ(result.at("weights"), "online");
    EXPECT_GT(result.at("numbers").at("noise_imf"), 0);
    const Outcome words = run_program(scratch, {"diagnose", "run", "--count", "50", "--step", "20"});
    EXPECT_NE(words.out.find("what the Jacobian makes of the noise"), std::string::npos) << words.err;
    if (!plot::can_draw()) return;
    const Outcome figure =
        run_program(scratch, {"plot", "run", "other=run", "--figure", "diagnostics", "--format", "svg"});
    EXPECT_EQ(figure.code, 0) << figure.err;
    EXPECT_TRUE(std::filesystem::exists(scratch / "figures/diagnostics.svg"));
}

TEST(Diagnose, WithoutNumbersTheFigureSaysHowToGetThem) {
    const Scratch scratch;
    ASSERT_EQ(run_program(scratch, small_training("run")).code, 0);
    const Outcome outcome = run_program(scratch, {"plot", "run", "--figure", "diagnostics"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_NE(outcome.err.find("diagnose.every"), std::string::npos) << outcome.err;
    EXPECT_EQ(run_program(scratch, {"diagnose", "nowhere"}).code, 1);
}

TEST(Scores, EvaluationsOfSeveralRunsAreDrawnAndTheirLackIsExplained) {
    const Scratch scratch;
    ASSERT_EQ(run_program(scratch, small_training("scored", {"evaluate.every=10", "evaluate.count=64",
                                                             "evaluate.steps=1,2"}))
                  .code,
              0);
    ASSERT_EQ(run_program(scratch, small_training("bare")).code, 0);
    const Outcome lacking = run_program(scratch, {"plot", "scored", "bare", "--figure", "scores"});
    EXPECT_EQ(lacking.code, 2);
    EXPECT_NE(lacking.err.find("bare kept no evaluations"), std::string::npos) << lacking.err;
    EXPECT_NE(lacking.err.find("evaluate.every"), std::string::npos) << lacking.err;
    EXPECT_EQ(run_program(scratch, {"plot", "scored", "--figure", "cloud", "--side", "8"}).code, 2);
    std::ofstream(scratch / "scored/metrics.jsonl", std::ios::app) << "{\"step\": 30, \"inside@many\": 1}\n";
    if (!plot::can_draw()) return;
    const Outcome figure =
        run_program(scratch, {"plot", "a=scored", "b=scored", "--figure", "scores", "--format", "svg"});
    ASSERT_EQ(figure.code, 0) << figure.err;
    const std::string drawn = test::text_of(scratch / "figures/scores.svg");
    for (const char* words : {"inside the pattern", "a, 1 step", "b, 2 steps"})
        EXPECT_NE(drawn.find(words), std::string::npos) << words;
}

std::vector<std::string> small_ablation(std::vector<std::string> more) {
    std::vector<std::string> words = {
        "ablate",  "toy/imf", "model.width=16", "model.depth=2", "train.batch=64",
        "--steps", "20",      "--count",        "200",           "--threads",
        "1",       "--quiet", "--out",          "table"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

TEST(Ablate, TrainsEachRowOnceAndGoesOn) {
    const Scratch scratch;
    const Outcome first =
        run_program(scratch, small_ablation({"--only", "tangent", "--seeds", "2", "--json"}));
    ASSERT_EQ(first.code, 0) << first.err;
    const json result = json::parse(first.out);
    EXPECT_EQ(json::parse(test::text_of(scratch / "table/ablation.json")), result);
    EXPECT_EQ(result.at("steps"), 20);
    std::vector<std::string> names;
    for (const json& row : result.at("rows")) {
        names.push_back(row.at("name"));
        EXPECT_EQ(row.at("numbers").at("swd").at("values").size(), 2U);
    }
    EXPECT_EQ(names, (std::vector<std::string>{"base", "tangent/velocity", "tangent/self", "tangent/head"}));
    EXPECT_EQ(result.at("rows")[2].at("same_as"), "base");
    EXPECT_FALSE(std::filesystem::exists(scratch / "table/tangent/self"));
    if (plot::can_draw()) {
        EXPECT_TRUE(std::filesystem::exists(scratch / "table/ablation.png"));
    }

    const auto head = scratch / "table/tangent/head/seed_1/checkpoints/step_20.safetensors";
    const auto trained = std::filesystem::last_write_time(head);
    const Outcome again =
        run_program(scratch, small_ablation({"--only", "tangent/head,guidance", "--seeds", "2", "--json"}));
    ASSERT_EQ(again.code, 0) << again.err;
    EXPECT_EQ(std::filesystem::last_write_time(head), trained);
    const json second = json::parse(again.out);
    EXPECT_EQ(second.at("rows")[1].at("numbers").at("swd"), result.at("rows")[3].at("numbers").at("swd"));
    EXPECT_EQ(second.at("rows")[2].at("left_out"), "these data have no classes");
}

TEST(Ablate, RefusesInOneLine) {
    const Scratch scratch;
    const Outcome group = run_program(scratch, small_ablation({"--only", "tangents"}));
    EXPECT_EQ(group.code, 2);
    EXPECT_NE(group.err.find("no row or group 'tangents'"), std::string::npos) << group.err;
    EXPECT_EQ(run_program(scratch, {"ablate", "toy/imf"}).code, 2);
    const Outcome fm = run_program(scratch, {"ablate", "toy/fm", "--out", "x"});
    EXPECT_EQ(fm.code, 2);
    EXPECT_NE(fm.err.find("mf and imf"), std::string::npos) << fm.err;
}

}  // namespace
