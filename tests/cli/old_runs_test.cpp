// SPDX-License-Identifier: MIT
// Runs and weights that an earlier program left (tests/data/old_runs/README.md) go on and are sampled as that program
// itself went on with them and sampled them: bit for bit where this build has the instructions and the compiler of
// one of the stored results, and otherwise as nearly as f32 sums in another order are.
#include <cmath>

#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "io/npz.hpp"
#include "io/safetensors.hpp"

namespace {

using namespace mf;
using test::Outcome;
using test::run_program;
using test::Scratch;

namespace fs = std::filesystem;

/// Largest difference of a number in another build. Sums in another order (train.tile) move the samples of `toy` by 3e-8,
/// of `folder` by 4e-7 and of `shapes` by .017: parts of that network have gradients that are hardly more than rounding,
/// and Adam takes steps of one size all the same. A run that lost the optimiser's moments is off by 5e-4, .2 and .19.
constexpr float kToy = 2e-5F, kFolder = 1e-4F, kShapes = 0.06F;

/// The folder of the results that this build shall have bit for bit; "" for none.
const std::string kBits = MF_BITS;

const fs::path kData = fs::path(MF_TEST_DATA) / "old_runs";

class OldRuns : public testing::Test {
  protected:
    OldRuns() { fs::copy(kData, scratch.folder(), fs::copy_options::recursive); }

    void run(std::vector<std::string> words) const {
        words.insert(words.end(), {"--threads", "2", "--quiet"});
        const Outcome outcome = run_program(scratch, words);
        ASSERT_EQ(outcome.code, 0) << outcome.err;
    }
    void resume(const std::string& name, int steps) const {
        run({"train", "--resume", "--out", name, "train.steps=" + std::to_string(steps)});
    }
    /// Weights, averages and moments in the checkpoint of `step` have this checksum (by the build whose bits it has).
    void expect_state(const std::string& name, int step,
                      const std::map<std::string, std::string>& sums) const {
        const fs::path path =
            scratch / name / "checkpoints" / ("step_" + std::to_string(step) + ".safetensors");
        const TensorFile file = read_safetensors(path);
        EXPECT_EQ(file.metadata.at("checksum"), checksum_of(file));
        if (kBits.empty()) return;
        EXPECT_EQ(checksum_of(file), sums.at(kBits)) << path;
    }
    /// Samples of `target` with these words equal the stored ones called `name`.
    void expect_samples(const std::string& name, const std::string& target, float nearly,
                        std::vector<std::string> words) const {
        words.insert(words.begin(), {"sample", target});
        words.insert(words.end(), {"--seed", "3", "--out", "samples.npz"});
        run(words);
        const Tensor got = read_npz(scratch / "samples.npz").at("samples"),
                     want =
                         read_npz(kData / (kBits.empty() ? "native" : kBits) / (name + ".npz")).at("samples");
        ASSERT_EQ(got.shape(), want.shape());
        float worst = 0;
        for (std::size_t i = 0; i < got.floats().size(); ++i)
            worst = std::max(worst, std::abs(got.floats()[i] - want.floats()[i]));
        EXPECT_LE(worst, kBits.empty() ? nearly : 0) << name;
    }

    Scratch scratch;
};

TEST_F(OldRuns, PointsGoOn) {
    resume("toy", 18);
    expect_state("toy", 18, {{"native", "crc32c:dbed2631"}});
    expect_samples("toy", "toy", kToy, {"--count", "20"});
    expect_samples("toy_online", "toy", kToy, {"--count", "20", "--steps", "2", "--weights", "online"});
}

TEST_F(OldRuns, ImagesThatAreDrawnGoOn) {
    resume("shapes", 9);
    expect_state("shapes", 9, {{"native", "crc32c:8896ce6b"}});
    expect_samples("shapes", "shapes", kShapes,
                   {"--count", "6", "--steps", "2", "--omega", "3", "--interval", "0.2,0.8"});
}

/// Its classes are 1, 10 and 2, in this order, and so are the pictures of a class; its data.path is relative.
TEST_F(OldRuns, AFolderOfPicturesGoesOn) {
    resume("folder", 9);
    expect_state("folder", 9, {{"native", "crc32c:4891af65"}});
    expect_samples("folder", "folder", kFolder, {"--count", "6", "--steps", "3", "--omega", "2"});
}

TEST_F(OldRuns, WeightsAloneAreSampled) {
    expect_samples("weights_toy", "weights/toy.safetensors", kToy, {"--count", "20"});
    expect_samples("weights_folder", "weights/folder.safetensors", kFolder, {"--count", "6", "--steps", "2"});
}

}  // namespace
