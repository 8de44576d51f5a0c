// SPDX-License-Identifier: MIT
// eval --inception as a person types it: runs, files, what it says of wrong ones, and kill -9.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "core/rng.hpp"
#include "io/npz.hpp"
#include "io/safetensors.hpp"
#include "support/tiny_inception.hpp"

namespace {

using namespace mf;
using test::Outcome;
using test::Program;
using test::run_program;
using test::Scratch;

Tensor pictures(std::int64_t count, std::uint64_t seed) {
    Tensor out({count, 8, 8, 3}, DType::f32);
    Random(seed, Stream::test).normal_vector(out.f32(), out.count(), 0);
    return out;
}

class InceptionCommand : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        scratch = new Scratch;
        TensorFile file;
        file.tensors = test::tiny_inception();
        write_safetensors(*scratch / "tiny.safetensors", file);
        write_npz(*scratch / "a.npz", {{"samples", pictures(140, 1)}});
        write_npz(*scratch / "b.npz", {{"samples", pictures(20, 2)}});
    }
    static void TearDownTestSuite() { delete scratch; }
    static Outcome eval(std::vector<std::string> words) {
        words.insert(words.begin(), "eval");
        return run_program(*scratch, words);
    }
    static void train() {
        if (std::filesystem::exists(*scratch / "run")) return;
        const Outcome trained =
            run_program(*scratch, {"train", "shapes/imf", "data.size=8", "data.classes=disc,star",
                                   "model.hidden=16", "model.depth=2", "model.heads=2", "train.batch=4",
                                   "train.steps=30", "optim.muon_lr=0.1", "schedule.warmup=0",
                                   "ema.decays=0.5", "sample.every=0", "--quiet", "--out", "run"});
        ASSERT_EQ(trained.code, 0) << trained.err;
    }
    static void expect_refused(const std::vector<std::string>& words, int code, const char* part) {
        const Outcome outcome = eval(words);
        EXPECT_EQ(outcome.code, code) << outcome.err;
        EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
        EXPECT_TRUE(outcome.out.empty()) << outcome.out;
    }
    static Scratch* scratch;
};
Scratch* InceptionCommand::scratch = nullptr;

TEST_F(InceptionCommand, KilledAndStartedAgainItGivesTheSameNumbers) {
    const std::vector<std::string> words = {"a.npz", "--inception", "tiny.safetensors",
                                            "--ref", "b.npz",       "--json"};
    std::vector<std::string> saving = words;
    saving.insert(saving.begin(), "eval");
    saving.insert(saving.end(), {"--save-every", "0"});
    const auto states = [] {
        int count = 0;
        for (const auto& entry : std::filesystem::directory_iterator(scratch->folder()))
            count += entry.path().filename().string().starts_with("a.npz.fid-") ? 1 : 0;
        return count;
    };
    {
        Program program(*scratch, saving, {});
        for (int i = 0; i < 20000 && states() == 0 && program.running(); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        ASSERT_EQ(states(), 1) << program.err();
        program.send(SIGKILL);
        program.wait();
    }
    const Outcome again = run_program(*scratch, saving);
    ASSERT_EQ(again.code, 0) << again.err;
    EXPECT_NE(again.err.find("a.npz: goes on after"), std::string::npos) << again.err;
    EXPECT_EQ(states(), 0) << "the state is gone when the numbers are there";
    const Outcome whole = eval(words);
    ASSERT_EQ(whole.code, 0) << whole.err;
    EXPECT_EQ(whole.err.find("goes on"), std::string::npos) << whole.err;
    EXPECT_EQ(again.out, whole.out);
    const auto row = nlohmann::json::parse(whole.out).at("results").at(0);
    for (const char* name : {"fid", "sfid", "inception_score", "kid", "precision", "recall"})
        EXPECT_TRUE(row.contains(name)) << name;
    EXPECT_EQ(row.at("n"), 140);
}

TEST_F(InceptionCommand, ARunIsComparedWithItsOwnData) {
    const Outcome trained =
        run_program(*scratch, {"train", "shapes/imf", "data.size=8", "data.classes=disc,star",
                               "model.hidden=16", "model.depth=2", "model.heads=2", "train.batch=4",
                               "train.steps=2", "sample.every=0", "--quiet", "--out", "run"});
    ASSERT_EQ(trained.code, 0) << trained.err;
    const Outcome table = eval({"run", "--inception", "tiny.safetensors", "--count", "12", "--labels",
                                "random", "--steps", "1,2", "--save-every", "0"});
    ASSERT_EQ(table.code, 0) << table.err;
    EXPECT_NE(table.out.find("FID as imf-jax has it, against data.name=shapes (12 images)"),
              std::string::npos)
        << table.out;
    for (const auto& entry : std::filesystem::directory_iterator(scratch->folder()))
        EXPECT_FALSE(entry.path().filename().string().starts_with("run.fid-")) << entry.path();
}

TEST_F(InceptionCommand, AGridIsSearchedAndGoneOnWith) {
    train();
    const std::vector<std::string> words = {
        "run", "--inception", "tiny.safetensors", "--ref", "b.npz", "--count",
        "6",   "--out",       "search",           "--json"};
    const auto search = [&](const std::string& grid) {
        std::vector<std::string> all = words;
        all.insert(all.end(), {"--grid", grid});
        const Outcome outcome = eval(all);
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        return std::pair(nlohmann::json::parse(outcome.out), outcome.err);
    };
    const auto [small, first_words] = search("omega=1,3");
    EXPECT_EQ(small.at("cells").size(), 2U);
    const auto [grid, second_words] = search("omega=1:3:1 interval=0:1,0.4:0.65");
    ASSERT_EQ(grid.at("cells").size(), 6U);
    double best = 1e300;
    for (const auto& cell : grid.at("cells")) best = std::min(best, cell.at("fid").get<double>());
    EXPECT_EQ(grid.at("best").at("fid"), best);
    EXPECT_EQ(grid.at("cells").at(0).at("omega"), 1);
    EXPECT_EQ(grid.at("cells").at(3).at("t_min"), 0.4);
    EXPECT_TRUE(std::filesystem::exists(*scratch / "search/grid.png"));
    // The same once more measures nothing, and a cell alone gives the same numbers.
    const auto [again, third_words] = search("omega=1:3:1 interval=0:1,0.4:0.65");
    EXPECT_EQ(again.at("cells"), grid.at("cells"));
    std::ifstream log(*scratch / "search/grid.jsonl");
    EXPECT_EQ(std::count(std::istreambuf_iterator<char>(log), {}, '\n'), 8);
    const Outcome alone = eval({"run", "--inception", "tiny.safetensors", "--ref", "b.npz", "--count", "6",
                                "--json", "--omega", "3", "--interval", "0.4,0.65"});
    EXPECT_EQ(nlohmann::json::parse(alone.out).at("results").at(0).at("fid"),
              grid.at("cells").at(5).at("fid"));

    for (const auto& [text, part] : {std::pair{"omega=a", "'a' is no number"},
                                     {"omega=1:2", "low:high:step"},
                                     {"interval=0.5", "t_min:t_max"},
                                     {"interval=0.7:0.3", "no interval"},
                                     {"steps=0", "no number of steps"},
                                     {"rate=1", "none of omega"},
                                     {" ", "no axis"}})
        expect_refused({"run", "--inception", "tiny.safetensors", "--ref", "b.npz", "--grid", text}, 2, part);
    expect_refused({"a.npz", "--inception", "tiny.safetensors", "--ref", "b.npz", "--grid", "omega=1"}, 2,
                   "holds samples");
    expect_refused(
        {"run", "--inception", "tiny.safetensors", "--ref", "b.npz", "--grid", "omega=1", "--steps", "1,2"},
        2, "steps=1,2");
}

TEST_F(InceptionCommand, WrongFilesAndOptionsAreALine) {
    expect_refused({"a.npz", "--ref", "b.npz"}, 2, "--inception FILE");
    expect_refused({"a.npz", "--inception", "none.safetensors"}, 1, "none.safetensors");
    expect_refused({"a.npz", "--inception", "b.npz"}, 1, "b.npz");
    expect_refused({"a.npz", "--inception", "tiny.safetensors", "--judge", "x"}, 2, "two ways");
    expect_refused({"a.npz", "--inception", "tiny.safetensors", "--ref", "none"}, 1, "none");
    expect_refused({"a.npz", "--inception", "tiny.safetensors", "--fid-variant", "tf2"}, 2, "clean-fid");
    expect_refused({"a.npz", "b.npz", "--inception", "tiny.safetensors", "--save-stats", "x.npz"}, 2,
                   "one by one");
    expect_refused({"a.npz", "--inception", "tiny.safetensors", "--ref", "b.npz", "--state", "a.npz"}, 1,
                   "a.npz");
    expect_refused({"--features", "a.npz", "b.npz", "--inception", "tiny.safetensors"}, 2, "--inception");
    TensorFile other;
    other.tensors = {{"decoder.conv_in.weight", Tensor::zeros({4, 4, 3, 3})}};
    write_safetensors(*scratch / "vae.safetensors", other);
    expect_refused({"a.npz", "--inception", "vae.safetensors"}, 1, "autoencoder");
    write_npz(*scratch / "keys.npz", {{"mean", Tensor::zeros({4})}, {"cov", Tensor::zeros({4, 4})}});
    expect_refused({"a.npz", "--inception", "tiny.safetensors", "--ref", "keys.npz"}, 1, "mean");
}

}  // namespace
