// SPDX-License-Identifier: MIT
// The smallest whole program: improved MeanFlow learns two moons for 300 steps and then makes points in one
// step. Build it with -DMF_EXAMPLES=ON, or against an installed library (examples/CMakeLists.txt says how).
#include <cstdio>
#include <exception>
#include <vector>

#include <meanflow/meanflow.hpp>

namespace {

void learn_and_sample() {
    // Any key of docs/keys.md may stand here; what is left out has its default. A file of them:
    // mf::read_config.
    std::vector<mf::ConfigItem> recipe;
    for (const char* words :
         {"data.name=moons", "data.noise=0.2", "objective.name=imf", "objective.target=stable",
          "times.equal_share=0.25", "times.whole_share=0.25", "optim.name=muon", "optim.lr=1e-2",
          "optim.muon_lr=0.03", "schedule.name=cosine", "train.steps=300"})
        recipe.push_back(mf::parse_override(words));
    mf::Trainer trainer(mf::resolve(recipe), 0);

    while (trainer.steps_done() < trainer.steps_planned()) {
        const mf::StepReport report = trainer.step();
        if (report.step % 100 == 0)
            std::printf("step %3ld  loss %.3f\n", static_cast<long>(report.step), report.loss);
    }

    std::vector<float> z = mf::sampling_noise(1, 0, 10000, 2);
    mf::sample(trainer.team(), trainer.model(), {.times = mf::uniform_times(1)}, {}, z, 2);
    const mf::PointDataset& moons = *trainer.data().points();
    std::printf("one step puts %.0f %% of 10000 samples on the moons\n",
                100 * mf::inside_share(mf::as_rows(z, 2), moons).value_or(0));
}

}  // namespace

int main() {
    try {
        learn_and_sample();
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "hello: %s\n", error.what());
        return 1;
    }
}
