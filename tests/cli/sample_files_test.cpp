// SPDX-License-Identifier: MIT
// What sample writes is what evaluators read, this one and others; and a folder is never mixed into.
#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "data/images.hpp"
#include "io/npz.hpp"
#include "io/png.hpp"

namespace {

using namespace mf;
using test::Outcome;
using test::run_program;
using test::Scratch;

namespace fs = std::filesystem;

const std::vector<std::string> kData = {"data.name=shapes", "data.size=8", "data.classes=0,1,2"};

class SampleFiles : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        scratch = new Scratch;
        std::vector<std::string> words = {"train",
                                          "toy/imf",
                                          "model.name=mit",
                                          "model.size=T",
                                          "model.hidden=16",
                                          "model.depth=2",
                                          "model.heads=2",
                                          "model.head_depth=1",
                                          "objective.guidance=flexible",
                                          "train.batch=8",
                                          "train.steps=4",
                                          "--threads",
                                          "2",
                                          "--quiet",
                                          "--out",
                                          "run"};
        words.insert(words.end(), kData.begin(), kData.end());
        const Outcome outcome = run_program(*scratch, words);
        ASSERT_EQ(outcome.code, 0) << outcome.err;
    }
    static void TearDownTestSuite() { delete scratch; }
    static Outcome sample(std::vector<std::string> words) {
        words.insert(words.begin(), {"sample", "run", "--threads", "2"});
        return run_program(*scratch, words);
    }
    static void sampled(const std::vector<std::string>& words) {
        const Outcome outcome = sample(words);
        ASSERT_EQ(outcome.code, 0) << outcome.err;
    }
    /// The one row of results of `eval WORDS data...`, and what went to standard error.
    static nlohmann::json evaluated(std::vector<std::string> words, std::string* remarks = nullptr) {
        words.insert(words.begin(), {"eval", "--json"});
        if (words[2] != "run") words.insert(words.end(), kData.begin(), kData.end());
        const Outcome outcome = run_program(*scratch, words);
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        if (remarks != nullptr) *remarks = outcome.err;
        const auto json = nlohmann::json::parse(outcome.out, nullptr, false);
        return json.is_discarded() ? nlohmann::json() : json["results"][0];
    }
    static std::vector<std::string> names(const std::string& folder) {
        std::vector<std::string> out;
        for (const auto& entry : fs::directory_iterator(*scratch / folder))
            out.push_back(entry.path().filename());
        std::ranges::sort(out);
        return out;
    }
    static Scratch* scratch;
};
Scratch* SampleFiles::scratch = nullptr;

template <class T>
std::vector<T> numbers(const Tensor& tensor) {
    const auto* at = static_cast<const T*>(tensor.raw());
    return {at, at + tensor.count()};
}

TEST_F(SampleFiles, TheArraysSayHowTheyWereMade) {
    sampled({"--count", "5", "--seed", "7", "--steps", "2", "--labels", "2,0", "--omega", "3", "--interval",
             "0.25,0.75", "--out", "a.npz"});
    const ArrayFile file(*scratch / "a.npz");
    EXPECT_EQ(file.names()[0], "samples");
    EXPECT_EQ(file.read("samples").shape(), (Shape{5, 8, 8, 3}));
    EXPECT_EQ(numbers<std::int64_t>(file.read("labels")), (std::vector<std::int64_t>{2, 0, 2, 0, 2}));
    EXPECT_EQ(numbers<float>(file.read("omega")), std::vector<float>(5, 3));
    EXPECT_EQ(numbers<float>(file.read("t_min")), std::vector<float>(5, 0.25F));
    EXPECT_EQ(numbers<float>(file.read("t_max")), std::vector<float>(5, 0.75F));
    EXPECT_EQ(numbers<std::int64_t>(file.read("seed")), std::vector<std::int64_t>{7});
    EXPECT_EQ(numbers<std::int64_t>(file.read("steps")), std::vector<std::int64_t>{2});
    EXPECT_EQ(file.open("class_names").read_texts().size(), 3U);
}

TEST_F(SampleFiles, PixelsAreThoseOfThePictures) {
    sampled({"--count", "7", "--out", "f.npz"});
    sampled({"--count", "7", "--pixels", "--out", "p.npz"});
    sampled({"--count", "7", "--pixels", "--out", "p.npy"});
    sampled({"--count", "7", "--out", "pictures"});
    const ArrayFile file(*scratch / "p.npz");
    EXPECT_EQ(file.names()[0], "arr_0");
    EXPECT_EQ(file.open("arr_0").about().text(), "u1 (7, 8, 8, 3)");
    EXPECT_EQ(file.open("arr_1").about().text(), "i8 (7)");
    const auto pixels = numbers<std::uint8_t>(file.read("arr_0"));
    EXPECT_EQ(pixels, numbers<std::uint8_t>(read_npy(*scratch / "p.npy")));
    const auto floats = numbers<float>(ArrayFile(*scratch / "f.npz").read("samples"));
    for (std::size_t i = 0; i < pixels.size(); ++i) EXPECT_EQ(pixels[i], byte_of_value(floats[i]));
    std::size_t at = 0;
    for (const std::string& name : names("pictures")) {
        const Picture picture = read_png(*scratch / "pictures" / name);
        EXPECT_TRUE(std::ranges::equal(picture.pixels, std::span(pixels).subspan(at, picture.pixels.size())));
        at += picture.pixels.size();
    }
    EXPECT_EQ(at, pixels.size());
}

TEST_F(SampleFiles, EvalTakesThemAllAndScoresWhatAPictureShows) {
    sampled({"--count", "24", "--out", "all.npz"});
    sampled({"--count", "24", "--pixels", "--out", "all_pixels.npz"});
    sampled({"--count", "24", "--out", "all"});
    const auto run = evaluated({"run", "--count", "24"});
    ASSERT_TRUE(run.is_object());
    for (const char* target : {"all.npz", "all_pixels.npz", "all"}) {
        const auto row = evaluated({target});
        EXPECT_EQ(row["swd_pixels"], run["swd_pixels"]) << target;
        EXPECT_EQ(row["swd_random"], run["swd_random"]) << target;
        EXPECT_EQ(row["n"], 24) << target;
        EXPECT_EQ(evaluated({target, "--count", "10"})["n"], 10) << target;
    }
}

TEST_F(SampleFiles, LabelsMayBeNamesOrNone) {
    Tensor x = Tensor::zeros({6, 8, 8, 3}), odd = Tensor::zeros({6, 3});
    const auto put = [&](const std::string& name, const std::vector<std::string>& labels) {
        write_file_atomically(*scratch / name, [&](FileWriter& out) {
            NpzWriter npz(out);
            npz.add("samples", x);
            if (labels.empty())
                npz.add("labels", odd);
            else
                npz.add("labels", labels);
            npz.finish();
        });
    };
    std::string remarks;
    put("named.npz", {"disc", "ring", "square", "disc", "ring", "square"});
    EXPECT_EQ(evaluated({"named.npz"}, &remarks)["n"], 6);
    EXPECT_EQ(remarks, "");
    put("strange.npz", {"disc", "ring", "cat", "disc", "ring", "square"});
    evaluated({"strange.npz"}, &remarks);
    EXPECT_NE(remarks.find("the class 'cat'"), std::string::npos) << remarks;
    put("one_hot.npz", {});
    evaluated({"one_hot.npz"}, &remarks);
    EXPECT_NE(remarks.find("labels is f4 (6, 3), expected one for each of 6 images; labels are left aside"),
              std::string::npos)
        << remarks;
    // Without an ending the content tells.
    fs::copy_file(*scratch / "named.npz", *scratch / "named");
    EXPECT_EQ(evaluated({"named"})["n"], 6);
}

TEST_F(SampleFiles, OtherFormsAreNamedOrRefused) {
    const auto put = [&](const std::string& name, const Shape& shape, auto value) {
        Tensor x(shape, DType::f32);
        for (std::int64_t i = 0; i < x.count(); ++i) x.f32()[i] = value(i);
        write_npy(*scratch / name, x);
    };
    std::string remarks;
    put("bytes.npy", {8, 8, 8, 3}, [](std::int64_t i) { return static_cast<float>(i % 256); });
    evaluated({"bytes.npy"}, &remarks);
    EXPECT_NE(remarks.find("look like bytes, 0 to 255"), std::string::npos) << remarks;
    put("unit.npy", {8, 8, 8, 3}, [](std::int64_t i) { return static_cast<float>(i % 256) / 255; });
    evaluated({"unit.npy"}, &remarks);
    EXPECT_NE(remarks.find("look like 0 to 1"), std::string::npos) << remarks;
    put("wild.npy", {8, 8, 8, 3}, [](std::int64_t i) { return static_cast<float>(i % 50) - 20; });
    evaluated({"wild.npy"}, &remarks);
    EXPECT_NE(remarks.find("far outside"), std::string::npos) << remarks;
    put("good.npy", {8, 8, 8, 3}, [](std::int64_t i) { return static_cast<float>(i % 256) / 127.5F - 1.1F; });
    evaluated({"good.npy"}, &remarks);
    EXPECT_EQ(remarks, "");
    put("first.npy", {8, 3, 8, 8}, [](std::int64_t) { return 0.0F; });
    put("gray.npy", {8, 8, 8}, [](std::int64_t) { return 0.0F; });
    for (const auto& [name, part] :
         {std::pair{"first.npy", "numpy.transpose(x, (0, 2, 3, 1))"}, {"gray.npy", "x[..., None]"}}) {
        const Outcome outcome = run_program(*scratch, {"eval", name, "data.name=shapes", "data.size=8"});
        EXPECT_EQ(outcome.code, 2) << outcome.err;
        EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
    }
    EXPECT_NE(run_program(*scratch, {"eval", "unit.npy"}).err.find("data.name=shapes"), std::string::npos);
}

TEST_F(SampleFiles, PointsComeFromTextToo) {
    ASSERT_EQ(run_program(*scratch, test::small_training("points")).code, 0);
    for (const char* out : {"x.csv", "x.npz"})
        ASSERT_EQ(run_program(*scratch, {"sample", "points", "--count", "500", "--out", out}).code, 0);
    const auto score = [&](const char* file) {
        const Outcome outcome = run_program(*scratch, {"eval", file, "--json"});
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        return nlohmann::json::parse(outcome.out, nullptr, false)["results"][0]["swd"];
    };
    EXPECT_EQ(score("x.csv"), score("x.npz"));
    std::ofstream(*scratch / "three.csv") << "1,2,3\n4,5,6\n";
    EXPECT_NE(
        run_program(*scratch, {"eval", "three.csv"}).err.find("expected points of shape (n, 2), got (2, 3)"),
        std::string::npos);
}

TEST_F(SampleFiles, FeaturesAndLogitsMustAgree) {
    Tensor features({30, 4}, DType::f64), logits({29, 2}, DType::f32);
    for (std::int64_t i = 0; i < 120; ++i)
        static_cast<double*>(features.raw())[i] = static_cast<double>(i * i % 17);
    logits.fill(0);
    write_npz(*scratch / "g.npz", {{"features", features}, {"logits", logits}});
    const Outcome outcome = run_program(*scratch, {"eval", "--features", "g.npz", "g.npz"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.err.find("logits has 29 rows and features 30"), std::string::npos) << outcome.err;
    write_npz(*scratch / "h.npz", {{"activations", features}});
    const Outcome missing = run_program(*scratch, {"eval", "--features", "h.npz", "h.npz"});
    EXPECT_NE(missing.err.find("activations f8 (30, 4)"), std::string::npos) << missing.err;
    write_npy(*scratch / "i.npy", features);
    EXPECT_EQ(run_program(*scratch, {"eval", "--features", "i.npy", "i.npy"}).code, 0);
}

TEST_F(SampleFiles, AFolderIsNotMixedInto) {
    fs::create_directories(*scratch / "own");
    std::ofstream(*scratch / "own/letter.txt") << "mine";
    const Outcome refused = sample({"--count", "3", "--out", "own"});
    EXPECT_EQ(refused.code, 2);
    EXPECT_NE(refused.err.find("own: this folder is not empty (1 entry, letter.txt)"), std::string::npos)
        << refused.err;
    EXPECT_EQ(names("own"), std::vector<std::string>{"letter.txt"});
    sampled({"--count", "3", "--out", "own", "--force"});
    EXPECT_EQ(names("own").size(), 4U);
    EXPECT_EQ(test::text_of(*scratch / "own/letter.txt"), "mine");
    // A name that is needed but belongs to somebody else stops everything before it begins.
    fs::create_directories(*scratch / "theirs");
    write_png(*scratch / "theirs/000001_ring.png", {1, 1, 1, {9}});
    const auto classes = names("own");
    fs::rename(*scratch / "theirs/000001_ring.png", *scratch / "theirs" / classes[1]);
    const Outcome stopped = sample({"--count", "3", "--out", "theirs", "--force"});
    EXPECT_EQ(stopped.code, 2);
    EXPECT_NE(stopped.err.find("was not written by this program"), std::string::npos) << stopped.err;
    EXPECT_EQ(names("theirs"), std::vector<std::string>{classes[1]});
    EXPECT_EQ(read_png(*scratch / "theirs" / classes[1]).pixels[0], 9);
}

TEST_F(SampleFiles, ASetThatWasCutOffGoesOn) {
    sampled({"--count", "12", "--seed", "3", "--out", "set"});
    const std::vector<std::string> all = names("set");
    ASSERT_EQ(all.size(), 12U);
    const std::string lost = test::text_of(*scratch / "set" / all[5]);
    const auto kept_since = fs::last_write_time(*scratch / "set" / all[4]);
    fs::remove(*scratch / "set" / all[5]);
    const Outcome again = sample({"--count", "12", "--seed", "3", "--out", "set", "--force"});
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_NE(again.err.find("11 pictures of this set were there already, 0 of another were replaced"),
              std::string::npos)
        << again.err;
    EXPECT_EQ(names("set"), all);
    EXPECT_EQ(test::text_of(*scratch / "set" / all[5]), lost);
    EXPECT_EQ(fs::last_write_time(*scratch / "set" / all[4]), kept_since);
    // Another set takes its place: none of the old pictures stays, and what sample did not name does.
    write_png(*scratch / "set/000001 copy.png", {1, 1, 1, {9}});
    sampled({"--count", "4", "--seed", "4", "--labels", "1", "--out", "set", "--force"});
    EXPECT_EQ(names("set").size(), 5U);
    EXPECT_TRUE(fs::exists(*scratch / "set/000001 copy.png"));
}

TEST_F(SampleFiles, OptionsThatWouldDoNothingAreRefused) {
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"--out", "x.png", "--force"},
                                               {"--out", "x.npz", "--force"},
                                               {"--out", "x.png", "--pixels"},
                                               {"--out", "x.csv", "--pixels"}})
        EXPECT_EQ(sample(words).code, 2);
}

}  // namespace
