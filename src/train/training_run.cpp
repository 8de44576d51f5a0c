// SPDX-License-Identifier: MIT
#include "train/training_run.hpp"

#include <cstdio>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "io/tensorboard.hpp"
#include "train/metrics_log.hpp"
#include "train/progress_bar.hpp"
#include "train/run_changes.hpp"
#include "train/set_aside.hpp"
#include "train/step_log.hpp"

namespace mf {
namespace {

/// One pass through the loop; the parts that a step touches.
class Loop {
  public:
    Loop(Trainer& trainer, RunFolder& folder, const Settings& settings, const TrainingView& view,
         const TrainingHooks& hooks)
        : trainer_(trainer),
          folder_(folder),
          settings_(settings),
          view_(view),
          hooks_(hooks),
          metrics_(folder.metrics()),
          log_(trainer.steps_planned(), settings.integer("train.batch"), trainer.flops_per_step(),
               view.peak_flops),
          bar_(view.label, trainer.steps_planned(), view.bar) {
        const std::int64_t done = trainer.steps_done();
        note_aside(folder_.begin(settings, done));
        metrics_.drop_after(done);
        for (const std::string& change : folder_.changes()) note(change);
        if (settings.flag("log.tensorboard")) events_.emplace(folder.path(), done > 0 ? done + 1 : -1);
    }

    TrainingEnd run() {
        bool first = true;
        while (trainer_.steps_done() < trainer_.steps_planned()) {
            one_step();
            if (std::exchange(first, false)) show_table();
            const bool last = trainer_.steps_done() >= trainer_.steps_planned();
            if (is_due("log.every") || last) show_line();
            if (is_due("evaluate.every") && hooks_.evaluate) record("", hooks_.evaluate(trainer_));
            if (is_due("diagnose.every") && hooks_.diagnose) record("diagnose.", hooks_.diagnose(trainer_));
            if (is_due("sample.every") && hooks_.sample) hooks_.sample(trainer_);
            const bool stop = !last && hooks_.stop && hooks_.stop();
            if (skipped_in_a_row_ > 0) {
                if (last) give_up("the last step was not finite, so that it was not saved");
                if (stop) return TrainingEnd::unsaved;
            } else if (is_due("save.every") || last || stop) {
                save();
            }
            if (stop) return TrainingEnd::stopped;
        }
        return TrainingEnd::finished;
    }

  private:
    bool is_due(const std::string& key) const {
        const std::int64_t every = settings_.integer(key);
        return every > 0 && trainer_.steps_done() % every == 0;
    }

    void one_step() {
        Stopwatch watch;
        const StepReport report = trainer_.step();
        const double seconds = watch.seconds();
        log_.add(report, seconds);
        bar_.update(report.step, bar_.shown() ? log_.remark() : "");
        if (report.skipped || is_due("log.metrics_every")) metrics_.append(metrics_row(report, seconds));
        last_ = report;
        last_seconds_ = seconds;
        if (report.skipped) return count_skipped(report);
        skipped_in_a_row_ = 0;
        if (std::exchange(unproven_, false)) folder_.rotate(settings_.integer("save.keep"));
    }

    void count_skipped(const StepReport& report) {
        bar_.erase();
        fmt::print(stderr, "step {} is skipped: {} is not finite\n", report.step, report.culprit);
        if (++skipped_in_a_row_ >= settings_.integer("train.max_skipped"))
            give_up(fmt::format("{} steps in a row were not finite, the last for its {}", skipped_in_a_row_,
                                report.culprit));
    }

    /// Ends the run; the hint is a command that goes on from the last good checkpoint, which stays from now on. One whose
    /// very next step was skipped is not good: no rate helps its weights, and it is set aside.
    [[noreturn]] void give_up(const std::string& why) {
        const std::filesystem::path& run = folder_.path();
        const std::int64_t before_skips = trainer_.steps_done() - skipped_in_a_row_;
        if (skipped_in_a_row_ > 0) (void)set_aside_after(run, before_skips - 1);
        const std::string again =
            fmt::format("'meanflow train --resume --out {} {}'", run.string(), lower_rates(settings_));
        std::vector<std::string> remarks;
        const std::optional<Checkpoint> good = newest_good_checkpoint(run, remarks);
        if (!good)
            throw Error("[train] " + why,
                        "nothing good was saved yet; " + again + " starts again with a lower rate");
        folder_.pin(good->path);
        std::vector<std::int64_t> older;
        for (const auto& path : checkpoints_of(run))
            if (*step_of(path) < good->step) older.push_back(*step_of(path));
        throw Error("[train] " + why,
                    fmt::format("the last good checkpoint is {}; {} goes on from it with a lower rate{}",
                                good->path.string(), again,
                                older.empty() ? ""
                                              : fmt::format(", and with --step N from an older one ({})",
                                                            fmt::join(older, ", "))));
    }

    void show_table() {
        if (!view_.lines) return;
        bar_.erase();
        std::vector<std::pair<std::string, std::string>> rows = view_.facts;
        rows.emplace_back("memory plan", as_mebibytes(trainer_.plan_bytes()));
        rows.emplace_back("a step", with_unit(trainer_.flops_per_step()) + "FLOP");
        if (view_.peak_flops > 0)
            rows.emplace_back("GEMM peak", with_unit(view_.peak_flops) + "FLOP/s measured");
        rows.emplace_back("run folder", folder_.path().string());
        fmt::print("{}", boxed_table("meanflow train", rows));
        std::fflush(stdout);
    }

    void show_line() {
        if (events_) write_events();
        const std::string line = log_.line();
        if (!view_.lines) return;
        bar_.erase();
        fmt::print("{}\n", line);
        std::fflush(stdout);
    }

    void write_events() {
        const auto narrow = [](double value) { return static_cast<float>(value); };
        events_->scalars(last_.step, {{"loss", narrow(last_.loss)},
                                      {"gradient_norm", narrow(last_.gradient_norm)},
                                      {"rate", narrow(last_.rate)},
                                      {"ms", narrow(last_seconds_ * 1e3)}});
    }

    void record(const std::string& prefix, const std::vector<std::pair<std::string, double>>& values) {
        JsonRecord row = {{"step", trainer_.steps_done()}};
        std::string line = fmt::format("step {} |", trainer_.steps_done());
        for (const auto& [name, value] : values) {
            row.emplace_back(prefix + name, value);
            if (events_) events_->scalar(trainer_.steps_done(), prefix + name, static_cast<float>(value));
            // Of the many numbers of a diagnosis only those without a bin: the others are in metrics.jsonl.
            if (prefix.empty() || name.find('@') == std::string::npos)
                line += fmt::format(" {} {:.4g}", name, value);
        }
        metrics_.append(row);
        if (!view_.lines) return;
        bar_.erase();
        fmt::print("{}\n", line);
        std::fflush(stdout);
    }

    void save() {
        if (const std::string name = trainer_.not_finite(); !name.empty())
            give_up(fmt::format("after step {} {} is not finite", trainer_.steps_done(), name));
        // Older ones go once the next step has shown that these weights are good, or when there is no next step.
        const bool last = trainer_.steps_done() >= trainer_.steps_planned();
        folder_.save(trainer_, settings_, last ? settings_.integer("save.keep") : 0);
        unproven_ = true;
    }

    /// A change of the run: a row of the metrics and a line of the log.
    void note(const std::string& change) {
        metrics_.append({{"step", trainer_.steps_done()}, {"changed", change}});
        if (view_.lines) fmt::print("after step {}: {}\n", trainer_.steps_done(), change);
    }

    void note_aside(const std::filesystem::path& aside) {
        if (!aside.empty())
            folder_.note(
                fmt::format("goes back to here; what was made after it is in {}", aside.filename().string()));
    }

    Trainer& trainer_;
    RunFolder& folder_;
    const Settings& settings_;
    const TrainingView& view_;
    const TrainingHooks& hooks_;
    JsonLines metrics_;
    std::optional<EventWriter> events_;
    StepLog log_;
    ProgressBar bar_;
    StepReport last_;
    double last_seconds_ = 0;
    std::int64_t skipped_in_a_row_ = 0;
    bool unproven_ = false;  // the newest checkpoint: no step has followed it yet
};

}  // namespace

TrainingEnd run_training(Trainer& trainer, RunFolder& folder, const Settings& settings,
                         const TrainingView& view, const TrainingHooks& hooks) {
    return Loop(trainer, folder, settings, view, hooks).run();
}

}  // namespace mf
