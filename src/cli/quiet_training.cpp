// SPDX-License-Identifier: MIT
#include "cli/quiet_training.hpp"

#include <fmt/format.h>

#include "cli/screen.hpp"
#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "train/data_changes.hpp"
#include "train/progress_bar.hpp"
#include "train/run_folder.hpp"

namespace mf::cli {
namespace {

/// True when `path` is a judge that these settings would make again.
bool is_made(const std::filesystem::path& path, const Settings& settings, Team& team) {
    if (!std::filesystem::exists(path)) return false;
    const Judge judge = load_judge(path, team);
    const std::vector<std::string> changed = differences(judge.settings, settings);
    return judge.step == settings.integer("train.steps") &&
           std::ranges::all_of(changed,
                               [](const std::string& line) { return line.starts_with("data.path:"); });
}

}  // namespace

TrainingEnd train_quietly(const std::filesystem::path& folder, const Settings& settings,
                          const std::string& label, const Machine& machine, bool quiet, StopSignals& signals,
                          const HooksFor& hooks_for) {
    RunFolder run = RunFolder::resume(folder, settings);
    Trainer trainer(settings, machine,
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
    TrainingHooks hooks = hooks_for ? hooks_for(trainer) : TrainingHooks();
    hooks.stop = [&] { return signals.pending() != 0; };
    TrainingEnd end = run_training(trainer, run, settings, view, hooks);
    if (end == TrainingEnd::unsaved) end = TrainingEnd::stopped;
    remark(quiet,
           fmt::format("{} {} steps in {:.1f} s", label, trainer.steps_done() - before, watch.seconds()));
    return end;
}

TrainingEnd train_judge_quietly(const std::filesystem::path& path, const Settings& settings, int threads,
                                bool quiet, StopSignals& signals) {
    constexpr int most_skipped = 20;
    ClassifierTrainer trainer(settings, threads);
    if (is_made(path, settings, trainer.team())) {
        remark(quiet, "judge is trained already");
        return TrainingEnd::finished;
    }
    Stopwatch watch;
    ProgressBar bar("judge", trainer.steps_planned(), !quiet);
    for (int skipped = 0; trainer.steps_done() < trainer.steps_planned();) {
        const ClassifierReport report = trainer.step();
        skipped = report.skipped ? skipped + 1 : 0;
        if (skipped == most_skipped)
            throw Error(fmt::format("[judge] {} steps in a row were not finite", skipped),
                        "try a lower optim.lr");
        bar.update(report.step, bar.shown() ? fmt::format("loss {:.3f}", report.loss) : "");
        if (signals.pending() != 0) return TrainingEnd::stopped;
    }
    bar.erase();
    const double accuracy = trainer.held_accuracy(settings.integer("evaluate.count"));
    save_judge(path, trainer, accuracy);
    remark(quiet, fmt::format("judge {} steps in {:.1f} s: right on {:.1f} % of {}", trainer.steps_done(),
                              watch.seconds(), 100 * accuracy, trainer.data().held_name()));
    return TrainingEnd::finished;
}

}  // namespace mf::cli
