// SPDX-License-Identifier: MIT
// Runs whose data moved or changed, and resumptions that make no sense.
#include <csignal>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "io/jsonl.hpp"
#include "io/png.hpp"
#include "support/image_bytes.hpp"
#include "train/run_folder.hpp"

namespace {

using namespace mf;
using test::Outcome;
using test::Program;
using test::run_program;
using test::Scratch;
namespace fs = std::filesystem;

void expect_says(const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text << "\nlacks: " << part;
}

class SecondThoughts : public testing::Test {
  protected:
    /// Classes a, b and c of 2, 3 and 4 pictures of one colour each; all files have the same names and sizes.
    SecondThoughts() {
        int count = 2;
        for (const char* name : {"a", "b", "c"}) fill(scratch / "pictures" / name, count++, name[0]);
    }
    static void fill(const fs::path& folder, int count, char colour) {
        fs::create_directories(folder);
        for (int i = 0; i < count; ++i) {
            const auto shade = static_cast<std::uint8_t>(40 * (colour - 'a') + 10 * i);
            std::ofstream(folder / (std::to_string(i) + ".png"), std::ios::binary)
                << encode_png(test::plain_picture(4, 4, shade, 200, 100));
        }
    }
    Outcome train(std::vector<std::string> more, const std::string& out = "run") const {
        std::vector<std::string> words = {
            "train",          "cifar10/fm",       "data.path=pictures", "data.size=4",
            "model.hidden=8", "model.depth=1",    "model.heads=1",      "model.head_depth=1",
            "model.patch=2",  "train.batch=4",    "train.steps=3",      "ema.decays=",
            "precision=f32",  "ema.warmup=false", "sample.every=0",     "log.tensorboard=false"};
        words.insert(words.end(), more.begin(), more.end());
        words.insert(words.end(), {"--threads", "1", "--out", out});
        return run_program(scratch, words);
    }
    Outcome resume(std::vector<std::string> more = {}) const {
        std::vector<std::string> words = {"train",     "--resume", "--out",        "run",
                                          "--threads", "1",        "train.steps=5"};
        words.insert(words.end(), more.begin(), more.end());
        return run_program(scratch, words);
    }
    std::string state(const std::string& file) const {
        return read_checkpoint(scratch / file).file.metadata.at("checksum");
    }
    std::vector<std::string> changes() const {
        std::vector<std::string> out;
        for (const JsonRecord& row : read_json_lines(scratch / "run" / "metrics.jsonl"))
            for (const auto& [name, value] : row)
                if (name == "changed") out.push_back(std::get<std::string>(value));
        return out;
    }
    /// What going on with unchanged data gives.
    std::string untouched() const {
        EXPECT_EQ(train({"train.steps=5"}, "whole").code, 0);
        return state("whole/checkpoints/step_5.safetensors");
    }

    Scratch scratch;
};

TEST_F(SecondThoughts, DataThatMovedAreFoundAgain) {
    const std::string whole = untouched();
    ASSERT_EQ(train({}).code, 0);
    const std::string was = (scratch / "pictures").string(), is = (scratch / "elsewhere" / "data").string();
    EXPECT_EQ(settings_of_run(scratch / "run").text("data.path"), was);
    fs::create_directories(scratch / "elsewhere");
    fs::rename(was, is);
    const Outcome lost = resume();
    EXPECT_EQ(lost.code, 1);
    expect_says(lost.err, was);
    expect_says(lost.err, "data.path=FOLDER");
    const Outcome found = resume({"data.path=elsewhere/data"});
    ASSERT_EQ(found.code, 0) << found.err;
    expect_says(found.out, "data.path: " + was + " -> " + is);
    EXPECT_EQ(changes(), std::vector<std::string>{"data.path: " + was + " -> " + is});
    EXPECT_EQ(settings_of_run(scratch / "run").text("data.path"), is);
    EXPECT_EQ(state("run/checkpoints/step_5.safetensors"), whole);
}

TEST_F(SecondThoughts, TheSameFolderFromAnotherOneIsTheSameConfiguration) {
    const std::string whole = untouched();
    ASSERT_EQ(train({}).code, 0);
    const Scratch other;
    const Outcome outcome = run_program(
        other, {"train", "--resume", "--out", (scratch / "run").string(), "--threads", "1", "train.steps=5",
                "data.path=../" + scratch.folder().filename().string() + "/pictures/"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(changes(), std::vector<std::string>{});
    EXPECT_EQ(state("run/checkpoints/step_5.safetensors"), whole);
}

TEST_F(SecondThoughts, ARelativePathOfAnOlderRunIsLookedForWhereOneStands) {
    ASSERT_EQ(train({}).code, 0);
    std::string config = test::text_of(scratch / "run/config.yaml");
    const std::string whole = (scratch / "pictures").string();
    config.replace(config.find(whole), whole.size(), "pictures");
    std::ofstream(scratch / "run/config.yaml") << config;
    const Scratch other;
    const Outcome lost = run_program(other, {"train", "--resume", "--out", (scratch / "run").string()});
    EXPECT_EQ(lost.code, 1);
    expect_says(lost.err, "its data.path is pictures, and there is no such file or folder in ");
    expect_says(lost.err, "data.path=FOLDER");
    const Outcome found = resume();
    EXPECT_EQ(found.code, 0) << found.err;
    EXPECT_EQ(changes(), std::vector<std::string>{});
    EXPECT_EQ(settings_of_run(scratch / "run").text("data.path"), whole);
}

TEST_F(SecondThoughts, APictureMoreIsALineInTheLog) {
    ASSERT_EQ(train({}).code, 0);
    fill(scratch / "pictures/b", 4, 'b');
    const Outcome outcome = resume();
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    expect_says(outcome.out, "the data have changed (10 pictures, 9 before): b: 4 pictures, 3 before");
    EXPECT_EQ(changes().size(), 1U);
    // It is told once: the next checkpoint knows the new data.
    EXPECT_EQ(resume({"train.steps=6"}).code, 0);
    EXPECT_EQ(changes().size(), 1U);
}

TEST_F(SecondThoughts, PicturesThatWereSwappedOrReplacedAreALineInTheLog) {
    ASSERT_EQ(train({}).code, 0);
    const fs::path pictures = scratch / "pictures";
    fs::rename(pictures / "a", scratch / "x");
    fs::rename(pictures / "c", pictures / "a");
    fs::rename(scratch / "x", pictures / "c");
    fs::remove_all(pictures / "b");
    fill(pictures / "b", 3, 'd');
    const Outcome outcome = resume();
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    expect_says(outcome.out, "the pictures of a and c are swapped");
    expect_says(outcome.out, "b: other pictures or file names among the 3");
}

TEST_F(SecondThoughts, NothingIsSaidOfDataThatAreTheSame) {
    ASSERT_EQ(train({}).code, 0);
    for (const auto& entry : fs::recursive_directory_iterator(scratch / "pictures"))
        fs::last_write_time(entry.path(), fs::file_time_type::clock::now());
    const Outcome outcome = resume();
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(changes(), std::vector<std::string>{});
    EXPECT_EQ(outcome.out.find("data have changed"), std::string::npos) << outcome.out;
}

TEST_F(SecondThoughts, OtherClassNamesAreRefused) {
    ASSERT_EQ(train({}).code, 0);
    const fs::path pictures = scratch / "pictures";
    const std::string before = test::text_of(scratch / "run/config.yaml");
    fs::rename(pictures / "b", pictures / "bb");
    const Outcome renamed = resume();
    EXPECT_EQ(renamed.code, 1) << renamed.out;
    expect_says(renamed.err, "there are pictures of bb, which is not among the classes");
    expect_says(renamed.err, "a class that was renamed needs its old name");
    fs::rename(pictures / "bb", pictures / "b");
    fill(pictures / "new", 2, 'd');
    const Outcome more = resume();
    EXPECT_EQ(more.code, 1) << more.out;
    expect_says(more.err, "new");
    fs::remove_all(pictures / "new");
    fs::rename(pictures / "c", scratch / "c");
    const Outcome less = resume();
    EXPECT_EQ(less.code, 1) << less.out;
    expect_says(less.err, "there are no pictures of 'c' (4 before) any more");
    EXPECT_EQ(test::text_of(scratch / "run/config.yaml"), before);
    fs::rename(scratch / "c", pictures / "c");
    EXPECT_EQ(resume().code, 0);
}

TEST_F(SecondThoughts, AnotherNetworkIsRefusedWithWhatDiffers) {
    ASSERT_EQ(train({}).code, 0);
    const Outcome outcome = resume({"model.hidden=16", "optim.b2=0.9"});
    EXPECT_EQ(outcome.code, 2);
    expect_says(outcome.err, "model.hidden: 8 -> 16; optim.b2: 0.95 -> 0.9");
}

TEST_F(SecondThoughts, ResumptionsThatMakeNoSense) {
    const Outcome nothing = run_program(scratch, {"train", "--resume", "--out", "typo"});
    EXPECT_EQ(nothing.code, 2);
    expect_says(nothing.err, "typo: there is no run to go on with");
    EXPECT_FALSE(fs::exists(scratch / "typo"));

    ASSERT_EQ(train({}).code, 0);
    const Outcome finished = resume({"train.steps=3"});
    EXPECT_EQ(finished.code, 0);
    expect_says(finished.err, "all 3 steps are done already; train.steps=N makes the run longer");
    const Outcome fewer = resume({"train.steps=2"});
    EXPECT_EQ(fewer.code, 2);
    expect_says(fewer.err, "train.steps=2 are fewer than the 3 that are done");
    EXPECT_EQ(settings_of_run(scratch / "run").integer("train.steps"), 3);

    fs::remove_all(scratch / "run/checkpoints");
    const Outcome again = resume({"train.steps=3"});
    EXPECT_EQ(again.code, 0) << again.err;
    expect_says(again.err, "there is no whole checkpoint yet: starting with step 1");
    EXPECT_TRUE(fs::exists(scratch / "run/checkpoints/step_3.safetensors"));
}

/// The words of the command between quotes in a message.
std::vector<std::string> command_in(const std::string& message) {
    const std::size_t from = message.find("'meanflow ");
    EXPECT_NE(from, std::string::npos) << message;
    if (from == std::string::npos) return {};
    std::istringstream words(message.substr(from + 10, message.find('\'', from + 1) - from - 10));
    return {std::istream_iterator<std::string>(words), {}};
}

TEST_F(SecondThoughts, TheAdviceOfARunThatIsThereAlready) {
    ASSERT_EQ(train({}).code, 0);
    const Outcome taken = train({"train.steps=4"});
    EXPECT_EQ(taken.code, 2);
    expect_says(taken.err, "--resume goes on with it; another --out starts a new one");
    EXPECT_EQ(train({"train.steps=4", "--resume"}).code, 0);
    EXPECT_EQ(train({"train.steps=4"}, "other").code, 0);
    EXPECT_EQ(state("run/checkpoints/step_4.safetensors"), state("other/checkpoints/step_4.safetensors"));
}

TEST_F(SecondThoughts, TheAdviceOfARunThatWasStopped) {
    std::vector<std::string> words = test::small_training("run", {"train.steps=100000000"});
    Program program(scratch, words, {});
    while (!fs::exists(scratch / "run/checkpoints/step_10.safetensors") && program.running())
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    program.send(SIGINT);
    EXPECT_EQ(program.wait(), 130);
    words = command_in(program.err());
    const std::int64_t done = read_checkpoint(checkpoints_of(scratch / "run").back()).step;
    words.insert(words.end(), {"--threads", "1", "train.steps=" + std::to_string(done + 5)});
    const Outcome outcome = run_program(scratch, words);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    expect_says(outcome.err, "going on after step " + std::to_string(done));
}

TEST_F(SecondThoughts, TheAdviceOfAPictureThatBroke) {
    ASSERT_EQ(train({}).code, 0);
    fs::resize_file(scratch / "pictures/b/2.png", 40);
    const Outcome broken = resume();
    EXPECT_EQ(broken.code, 1);
    expect_says(broken.err, "data.bad=skip leaves them out");
    const Outcome skipped = resume({"data.bad=skip"});
    ASSERT_EQ(skipped.code, 0) << skipped.err;
    expect_says(skipped.out, "data.bad: refuse -> skip");
    expect_says(skipped.out, "b: 2 pictures, 3 before");
}

TEST_F(SecondThoughts, TheAdviceOfARunWithASchedule) {
    ASSERT_EQ(train({"schedule.name=cosine"}).code, 0);
    const Outcome refused = resume();
    EXPECT_EQ(refused.code, 2);
    expect_says(refused.err, "may change together with schedule.name=constant");
    const Outcome longer = resume({"schedule.name=constant"});
    ASSERT_EQ(longer.code, 0) << longer.err;
    EXPECT_EQ(changes(),
              (std::vector<std::string>{"schedule.name: cosine -> constant", "train.steps: 3 -> 5"}));
}

TEST_F(SecondThoughts, AveragesThatHaveNotBegunAreSaidToBeSo) {
    const Outcome trained = train({"ema.decays=0.999"});
    ASSERT_EQ(trained.code, 0) << trained.err;
    expect_says(trained.err, "samples are drawn from ema_0.999, which will still be 99 % ");
    const std::string after =
        "ema_0.999 after 3 steps is 99 % what the weights were before the first one: --weights online";
    expect_says(trained.err, after);
    const std::vector<std::string> sample = {"sample", "run", "--count", "3", "--out", "x.npz"};
    expect_says(run_program(scratch, sample).err, after);
    expect_says(run_program(scratch, {"eval", "run", "--count", "4"}).err, after);
    expect_says(run_program(scratch, {"convert", "run", "w.safetensors"}).err, after);
    expect_says(run_program(scratch, {"plot", "run", "--figure", "evolution", "--out", "p"}).err, after);
    expect_says(run_program(scratch, {"sample", "w.safetensors", "--count", "3", "--out", "x.npz"}).err,
                "ema_0.999 after 3 steps");
    // What it says is better is.
    std::vector<std::string> better = sample;
    better.insert(better.end(), {"--weights", "online"});
    EXPECT_EQ(run_program(scratch, better).err.find("ema_"), std::string::npos);
    const Outcome warm = train({"ema.decays=0.999", "ema.warmup=true"}, "warm");
    EXPECT_EQ(warm.err.find("ema_"), std::string::npos) << warm.err;
}

}  // namespace
