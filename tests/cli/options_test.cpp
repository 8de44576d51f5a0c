// SPDX-License-Identifier: MIT
// Every option acts, or is refused with a reason and a remedy.
#include <gtest/gtest.h>

#include "cli/program.hpp"

namespace mf {
namespace {

using test::Outcome;
using test::run_program;
using test::Scratch;

using Words = std::vector<std::string>;

Words joined(Words a, const Words& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

/// A run of points, three of images, and weights alone.
class Options : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        scratch = new Scratch;
        ASSERT_EQ(run_program(*scratch, test::small_training("points", {"ema.decays=0.9"})).code, 0);
        const Words images = {"train",
                              "data.name=shapes",
                              "data.size=8",
                              "data.classes=disc,ring,star",
                              "model.name=mit",
                              "model.hidden=32",
                              "model.depth=2",
                              "model.heads=2",
                              "model.patch=4",
                              "model.head_depth=1",
                              "train.batch=8",
                              "train.steps=2",
                              "ema.warmup=true",
                              "--threads",
                              "1",
                              "--quiet"};
        const auto train = [&](const std::string& name, const Words& more) {
            const Outcome done = run_program(*scratch, joined(joined(images, more), {"--out", name}));
            ASSERT_EQ(done.code, 0) << done.err;
        };
        train("flexible", {"objective.name=imf", "objective.guidance=flexible"});
        train("fixed", {"objective.name=mf", "objective.guidance=fixed", "objective.omega=2"});
        train("fm", {"objective.name=fm"});
        ASSERT_EQ(run_program(*scratch, {"convert", "flexible", "w.safetensors", "--quiet"}).code, 0);
    }
    static void TearDownTestSuite() { delete scratch; }

    static void refused(const Words& words, const std::string& why) {
        const Outcome got = run_program(*scratch, words);
        EXPECT_EQ(got.code, 2) << got.err;
        EXPECT_NE(got.err.find(why), std::string::npos) << got.err << "expected: " << why;
        EXPECT_NE(got.err.find("hint: "), std::string::npos) << got.err;
        std::string line = got.err.substr(0, got.err.find('\n'));
        EXPECT_EQ(line.find("["
                            "sample]"),
                  std::string::npos)
            << line;
    }
    static std::string accepted(const Words& words) {
        const Outcome got = run_program(*scratch, words);
        EXPECT_EQ(got.code, 0) << got.err;
        return got.err;
    }
    static Words sample(const std::string& target, const Words& more, const std::string& out = "x.npz") {
        return joined({"sample", target, "--threads", "1", "--count", "6", "--out", out}, more);
    }

    static Scratch* scratch;
};
Scratch* Options::scratch = nullptr;

TEST_F(Options, GuidanceOfSamples) {
    refused(sample("points", {"--omega", "5"}), "no classes");
    refused(sample("points", {"--omega", "1,2,3,4,5,6"}), "no classes");
    refused(sample("points", {"--interval", "0.2,0.8"}), "no classes");
    refused(sample("points", {"--labels", "balanced"}), "classes");
    refused(sample("points", {"--labels", "0"}), "classes");
    refused(sample("fixed", {"--omega", "7"}), "one guidance strength, 2");
    refused(sample("fm", {"--omega", "0"}), "must be above 0");
    EXPECT_NE(run_program(*scratch, sample("fm", {"--omega", "0"})).err.find("--labels none"),
              std::string::npos);
    refused(sample("fm", {"--omega", "2", "--labels", "none"}), "no class");
    refused(sample("fm", {"--interval", "0.2,0.8"}), "strength of 1");
    EXPECT_EQ(accepted(sample("fm", {"--omega", "1,2,3,1,2,3", "--interval", "0.2,0.8", "--steps", "4"})),
              "");
    EXPECT_NE(accepted(sample("fm", {"--omega", "2", "--interval", "0.2,0.8"})).find("nothing is guided"),
              std::string::npos);
    EXPECT_EQ(accepted(sample("flexible", {"--omega", "8", "--interval", "0.2,0.8"})), "");
    EXPECT_NE(accepted(sample("flexible", {"--omega", "9"})).find("from 1 to 8"), std::string::npos);
    EXPECT_EQ(accepted(sample("flexible", {"--omega", "9", "--quiet"})), "");
    EXPECT_EQ(accepted(sample("fixed", {"--omega", "2"})), "");
    EXPECT_NE(accepted({"sample", "fm", "--count", "2", "--labels", "star,ring,disc", "--out", "x.npz"})
                  .find("disc is left out"),
              std::string::npos);
}

TEST_F(Options, OfSample) {
    refused(sample("points", {"--columns", "3"}), "sheets of images");
    refused(sample("points", {"--zoom", "3"}), "sheets of images");
    refused(sample("fm", {"--zoom", "3"}), "x.npz is none");
    refused(sample("fm", {"--columns", "3"}, "folder"), "folder is none");
    refused(sample("fm", {"--record", "3"}, "x.png"), "--record");
    refused(sample("points", {"--record", "3"}, "x.csv"), "--record");
    refused(sample("points", {"--record", "1"}), "at least two");
    EXPECT_NE(accepted(sample("points", {"--record", "9", "--steps", "2"})).find("only 3 states"),
              std::string::npos);
    refused(sample("points", {"--times", "1,0.5,0", "--steps", "2"}), "--times");
    refused(sample("points", {"--side", "8"}), "--side");
    refused(sample("points", {"--as-published"}), "--as-published");
    refused(sample("fm", {"--solver", "average"}), "average");
    refused(sample("w.safetensors", {"--step", "2"}), "single file");
    refused(sample("points/checkpoints/step_40.safetensors", {"--step", "10"}), "single file");
    refused(sample("w.safetensors", {"--weights", "ema_0.9"}), "one set of weights");
    refused(sample("w.safetensors", {"--weights", "online"}), "one set of weights: ema_0.998");
    EXPECT_EQ(accepted(sample("w.safetensors", {"--weights", "ema_0.998"})), "");
    refused(sample("w.safetensors", {"--side", "9"}), "--side 9");
    refused({"sample", "points", "precision=bf16"}, "--precision bf16");
}

TEST_F(Options, OfEvaluation) {
    ASSERT_EQ(run_program(*scratch, {"sample", "points", "--count", "50", "--out", "p.npz", "--quiet"}).code,
              0);
    refused({"eval", "points", "--omega", "2", "--count", "50", "--steps", "1"}, "no classes");
    refused({"eval", "points", "data.grid=4", "--count", "50", "--steps", "1"}, "knows its data");
    refused({"eval", "p.npz", "--steps", "2"}, "--steps");
    refused({"eval", "p.npz", "--weights", "online"}, "--weights");
    refused({"eval", "p.npz", "optim.lr=1"}, "optim.lr");
    refused({"eval", "--features", "a.npz", "b.npz", "--judge", "j.safetensors"}, "--judge");
    refused({"eval", "--features", "a.npz", "b.npz", "--count", "5"}, "--count");
    refused({"eval", "--features", "a.npz", "b.npz", "data.name=moons"}, "features");
}

TEST_F(Options, OfFigures) {
    refused({"plot", "points", "--figure", "loss", "--steps", "2"}, "--steps has no meaning for figure loss");
    refused({"plot", "points", "--figure", "loss", "--weights", "online"}, "--weights");
    refused({"plot", "points", "--figure", "compare", "--omega", "2"}, "--omega");
    refused({"plot", "points", "--figure", "pair", "--steps", "2"}, "--steps");
    refused({"plot", "points", "--figure", "stages", "--step", "10"}, "--step");
    refused({"plot", "fixed", "--figure", "guidance"}, "one strength, 2");
    refused({"plot", "fixed", "--figure", "steps", "--omega", "3"}, "one guidance strength, 2");
    refused({"plot", "fm", "--figure", "guidance", "--interval", "0.2,0.8", "--steps", "1"}, "in one step");
    refused({"plot", "fm", "--figure", "steps", "--omega", "0"}, "must be above 0");
    EXPECT_NE(accepted({"plot", "fm", "--figure", "steps", "--steps", "1", "--count", "3", "--format",
                        "png,svg", "--out", "figures"})
                  .find("PNG alone"),
              std::string::npos);
}

TEST_F(Options, OneMeaningOfAnOptionAndAKey) {
    const Words small = {"data.name=shapes",
                         "data.size=8",
                         "model.name=mit",
                         "model.hidden=32",
                         "model.depth=2",
                         "model.heads=2",
                         "model.patch=4",
                         "model.head_depth=1",
                         "--batch",
                         "1",
                         "--repeat",
                         "2",
                         "--seconds",
                         "0.01",
                         "--threads",
                         "1",
                         "--json"};
    std::ofstream(*scratch / "c.yaml") << "objective.name: imf\n";
    const auto precision = [&](const std::string& target, const Words& more) {
        const Outcome got = run_program(*scratch, joined({"bench", "sample", target}, more));
        EXPECT_EQ(got.code, 0) << got.err;
        return got.out.find("\"precision\":\"bf16\"") != std::string::npos ||
               got.out.find("\"precision\": \"bf16\"") != std::string::npos;
    };
    EXPECT_FALSE(precision("c.yaml", small));
    EXPECT_TRUE(precision("c.yaml", joined(small, {"precision=bf16"})));
    EXPECT_TRUE(precision("c.yaml", joined(small, {"--precision", "bf16"})));
    EXPECT_TRUE(precision("c.yaml", joined(small, {"--precision", "bf16", "precision=bf16"})));
    const Words quick = {"--batch", "1", "--repeat", "2", "--seconds", "0.01", "--threads", "1", "--json"};
    EXPECT_TRUE(precision("fm", joined(quick, {"precision=bf16"})));
    refused(joined({"bench", "sample", "c.yaml", "--precision", "f32", "precision=bf16"}, small),
            "different things");
    refused(joined({"bench", "sample", "fm", "data.size=16"}, quick), "not changed by keys");
    refused(joined({"bench", "sample", "c.yaml", "--weights", "online"}, small), "--weights");
    refused({"bench", "step", "toy/imf", "--precision", "bf16", "precision=f32"}, "different things");
    refused({"train", "toy/imf", "--seed", "3", "seed=4", "--out", "never"}, "different things");
    refused({"train-classifier", "--seed", "3", "seed=4"}, "different things");
    refused({"ablate", "toy/imf", "--steps", "5", "train.steps=6", "--out", "a"}, "different things");
    refused({"ablate", "toy/imf", "seed=4", "--out", "a"}, "--seed");
    refused({"ablate", "toy/imf", "evaluate.every=4", "--out", "a"}, "evaluate.every");
}

TEST_F(Options, OfData) {
    refused({"data", "peek", "checkerboard", "optim.lr=1"}, "optim.lr");
    refused({"data", "peek", "checkerboard", "data.name=moons"}, "named twice");
    refused({"data", "stats", "checkerboard", "data.name=moons"}, "named twice");
    refused({"data", "peek", "checkerboard", "--zoom", "2", "--out", "x.npz"}, "--zoom");
    refused({"convert", "points", "y.safetensors", "--solver", "euler"}, "--solver");
    refused({"diagnose", "points/checkpoints/step_40.safetensors", "--step", "10"}, "--step");
    const Outcome keys = run_program(*scratch, {"info", "keys", "--json"});
    EXPECT_EQ(keys.out.substr(0, 1), "[");
}

TEST_F(Options, KeysWithoutEffectAreNamedWhenARunBegins) {
    Words words = test::small_training("idle", {"loss.p=0.5", "objective.guidance=flexible"});
    std::erase(words, "--quiet");
    const std::string said = accepted(words);
    EXPECT_NE(said.find("loss.p=0.5 has no effect: loss.weight=none"), std::string::npos) << said;
    EXPECT_NE(said.find("objective.guidance=flexible has no effect: these data have no classes"),
              std::string::npos);
}

TEST_F(Options, MessagesSayWhatWould) {
    const Outcome patch =
        run_program(*scratch, {"train", "shapes/imf", "data.size=12", "model.patch=5", "--out", "n"});
    EXPECT_NE(patch.err.find("1, 2, 3, 4, 6, 12 would"), std::string::npos) << patch.err;
    const Outcome heads =
        run_program(*scratch, {"train", "shapes/imf", "model.hidden=48", "model.heads=5", "--out", "n"});
    EXPECT_NE(heads.err.find("model.heads=1, 2, 3, 4, 6, 8, 12, 24"), std::string::npos) << heads.err;
}

}  // namespace
}  // namespace mf
