// SPDX-License-Identifier: MIT
// eval --inception as a person types it: runs, files, what it says of wrong ones, and kill -9.
#include <chrono>
#include <csignal>
#include <filesystem>
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
        for (const auto& entry : std::filesystem::directory_iterator(scratch->path()))
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
    for (const auto& entry : std::filesystem::directory_iterator(scratch->path()))
        EXPECT_FALSE(entry.path().filename().string().starts_with("run.fid-")) << entry.path();
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
