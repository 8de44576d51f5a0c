// SPDX-License-Identifier: MIT
#include "cli/quiet_training.hpp"

#include <fmt/format.h>

#include "cli/screen.hpp"
#include "core/stopwatch.hpp"
#include "train/data_changes.hpp"
#include "train/run_folder.hpp"

namespace mf::cli {

TrainingEnd train_quietly(const std::filesystem::path& folder, const Settings& settings,
                          const std::string& label, int threads, bool quiet, StopSignals& signals) {
    RunFolder run = RunFolder::resume(folder, settings);
    Trainer trainer(settings, threads,
                    run.point() ? class_order_of(run.point()->file.metadata) : std::nullopt);
    if (run.point()) restore(trainer, *run.point());
    run.forget_point();
    for (const std::string& line : run.remarks()) remark(false, line);
    const std::int64_t before = trainer.steps_done();
    if (before >= trainer.steps_planned()) {
        remark(quiet, fmt::format("{} is trained already", label));
        return TrainingEnd::finished;
    }
    Stopwatch watch;
    const TrainingView view{.label = label, .lines = false, .bar = !quiet};
    TrainingHooks hooks;
    hooks.stop = [&] { return signals.pending() != 0; };
    TrainingEnd end = run_training(trainer, run, settings, view, hooks);
    if (end == TrainingEnd::unsaved) end = TrainingEnd::stopped;
    remark(quiet,
           fmt::format("{} {} steps in {:.1f} s", label, trainer.steps_done() - before, watch.seconds()));
    return end;
}

}  // namespace mf::cli
