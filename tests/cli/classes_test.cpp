// SPDX-License-Identifier: MIT
// Classes with names as people give them, from a folder through a run to samples and a judge.
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "io/npz.hpp"
#include "io/png.hpp"
#include "support/image_bytes.hpp"

namespace {

using namespace mf;
using test::Outcome;
using test::run_program;
using test::Scratch;

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// One run for all tests: classes 1, 2, 10, "big, red", none, an emptied one and one with a slash that only data.names can
/// give is in the IDX test below.
class WithNames : public testing::Test {
  protected:
    static void put(const std::string& name, int gray) {
        const std::filesystem::path file = *scratch / ("d/train/" + name);
        std::filesystem::create_directories(file.parent_path());
        write_png(file, test::plain_picture(8, 8, gray, gray, gray));
    }
    static void SetUpTestSuite() {
        scratch = new Scratch;
        for (const char* name : {"1", "2", "10", "big, red", "none"})
            for (int i = 0; i < 3; ++i) put(std::string(name) + "/" + std::to_string(i) + ".png", 10 * i);
        std::filesystem::create_directories(*scratch / "d/train/worn");
        std::ofstream(*scratch / "d/train/worn/x.png") << "no picture";
        std::filesystem::create_directories(*scratch / "d/__MACOSX");
        std::filesystem::create_directories(*scratch / "d/test");
        trained = run_program(
            *scratch, {"train", "toy/imf", "model.name=mit", "model.size=T", "model.hidden=16",
                       "model.depth=2", "model.heads=2", "model.head_depth=1", "model.patch=2",
                       "train.batch=8", "train.steps=2", "data.name=image_folder", "data.path=d",
                       "data.bad=skip", "objective.guidance=flexible", "--threads", "1", "--out", "run"});
    }
    static void TearDownTestSuite() { delete scratch; }
    static Outcome sample(const std::string& labels) {
        return run_program(*scratch, {"sample", "run", "--labels", labels, "--count", "2", "--out", "x.npz"});
    }
    static std::vector<float> values(const std::string& labels) {
        const Outcome outcome = sample(labels);
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        const auto arrays = read_npz(*scratch / "x.npz");
        const auto numbers = arrays.at("samples").floats();
        return {numbers.begin(), numbers.end()};
    }
    static Scratch* scratch;
    static Outcome trained;
};
Scratch* WithNames::scratch = nullptr;
Outcome WithNames::trained;

TEST_F(WithNames, TheTableNamesThem) {
    ASSERT_EQ(trained.code, 0) << trained.err;
    EXPECT_TRUE(holds(trained.out, "5: 1, 2, 10, \"big, red\", none")) << trained.out;
    EXPECT_TRUE(holds(trained.out, "pictures")) << trained.out;
    EXPECT_TRUE(holds(trained.out, "no pictures of class worn, which is dropped")) << trained.out;
}

TEST_F(WithNames, LabelsAskForNames) {
    const std::vector<float> two = values("2"), one = values("1"), red = values("big, red");
    EXPECT_NE(one, two);
    EXPECT_NE(two, red);
    EXPECT_EQ(red, values("\"big, red\""));
    EXPECT_EQ(red, values("\"big, red\",'big, red'"));
    EXPECT_TRUE(
        holds(sample("1").err, "--labels: '1' is taken for the class of that name, which has number 0"));
    EXPECT_TRUE(holds(sample("0").err, "that of '1'"));
    EXPECT_NE(values("none"), values(":none"));
    EXPECT_TRUE(
        holds(sample("none").err, "--labels none is taken for the class of that name; :none is the keyword"));
    EXPECT_EQ(values("balanced"), values(":balanced"));
    const Outcome torn = sample("1,big");
    EXPECT_EQ(torn.code, 2);
    EXPECT_TRUE(holds(torn.err, "did you mean \"big, red\"?")) << torn.err;
    const Outcome capital = sample("NONE");
    EXPECT_EQ(capital.code, 2);
    EXPECT_TRUE(holds(capital.err, "did you mean none?")) << capital.err;
}

TEST_F(WithNames, EvalKeepsTheNumbersOfTheRun) {
    put("3/0.png", 9);  // a class that the run does not know
    const Outcome refused = run_program(*scratch, {"eval", "run", "--count", "8"});
    EXPECT_EQ(refused.code, 1);
    EXPECT_TRUE(holds(refused.err,
                      "there are pictures of 3, which is not among the classes 1, 2, 10, \"big, red\", none"))
        << refused.err;
    std::filesystem::remove_all(*scratch / "d/train/3");
    std::filesystem::rename(*scratch / "d/train/2", *scratch / "2");  // one without pictures keeps its number
    const Outcome eval = run_program(*scratch, {"eval", "run", "--count", "8"});
    EXPECT_EQ(eval.code, 0) << eval.err;
    std::filesystem::rename(*scratch / "2", *scratch / "d/train/2");
}

TEST_F(WithNames, ACommaInDataClasses) {
    const Outcome stats = run_program(
        *scratch, {"data", "stats", "image_folder", "data.path=d", "data.classes='big, red',10", "--json"});
    ASSERT_EQ(stats.code, 0) << stats.err;
    const auto json = nlohmann::json::parse(stats.out);
    EXPECT_EQ(json.at("classes")[0].at("name"), "big, red");
    EXPECT_EQ(json.at("classes")[1].at("name"), "10");
    const Outcome missing =
        run_program(*scratch, {"data", "stats", "image_folder", "data.path=d", "data.classes=Worn,0"});
    EXPECT_EQ(missing.code, 2);
    EXPECT_TRUE(holds(missing.err, "did you mean worn?")) << missing.err;
}

TEST(Classes, NamesWithSlashesGoIntoFileNames) {
    const Scratch scratch;
    std::ofstream(scratch / "a-images-idx3-ubyte", std::ios::binary) << test::idx_bytes({6, 4, 4});
    std::ofstream(scratch / "a-labels-idx1-ubyte", std::ios::binary)
        << test::idx_bytes({6}, std::string("\1\2\1\2\1\2", 6));
    const Outcome trained =
        run_program(scratch, {"train", "toy/imf", "model.name=mit", "model.size=T", "model.hidden=16",
                              "model.depth=2", "model.heads=2", "model.head_depth=1", "model.patch=2",
                              "train.batch=8", "train.steps=1", "data.name=idx",
                              "data.path=a-images-idx3-ubyte", "data.names=none,T-shirt/top,\"big, red\"",
                              "objective.guidance=flexible", "--threads", "1", "--out", "run"});
    ASSERT_EQ(trained.code, 0) << trained.err;
    EXPECT_TRUE(holds(trained.out, "2: T-shirt/top, \"big, red\"")) << trained.out;
    const Outcome sampled = run_program(scratch, {"sample", "run", "--labels", "T-shirt/top,\"big, red\"",
                                                  "--count", "3", "--out", "folder"});
    ASSERT_EQ(sampled.code, 0) << sampled.err;
    std::set<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(scratch / "folder"))
        files.insert(entry.path().filename().string());
    EXPECT_TRUE(files.contains("000000_T-shirt_top.png"));
    EXPECT_TRUE(files.contains("000001_big,_red.png"));
}

}  // namespace
