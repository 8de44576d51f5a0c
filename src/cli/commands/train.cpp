// SPDX-License-Identifier: MIT
// meanflow train: a run, from its first step or from where it was left.
#include <csignal>
#include <filesystem>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/config_items.hpp"
#include "cli/drawing.hpp"
#include "cli/screen.hpp"
#include "cli/signals.hpp"
#include "core/error.hpp"
#include "data/class_words.hpp"
#include "data/images.hpp"
#include "figures/scenes.hpp"
#include "figures/training_hooks.hpp"
#include "generate/idle_keys.hpp"
#include "generate/sampling.hpp"
#include "judge/point_report.hpp"
#include "metrics/points.hpp"
#include "ops/peak.hpp"
#include "train/build_info.hpp"
#include "train/config.hpp"
#include "train/make_model.hpp"
#include "train/step_log.hpp"
#include "train/training_run.hpp"

namespace mf::cli {
namespace {

namespace fs = std::filesystem;

/// "runs/imf" for toy/imf.yaml; "runs/imf-2" when that is taken.
fs::path free_folder(const std::string& config) {
    const fs::path first = fs::path("runs") / fs::path(config).stem();
    fs::path out = first;
    for (int n = 2; fs::exists(out); ++n) out = first.string() + "-" + std::to_string(n);
    return out;
}

/// The configuration that was named, or the run's own when it is resumed without one, with overrides on top.
Settings settings_of(const Invocation& invocation, const fs::path& folder) {
    const bool resumed = invocation.options.flag("--resume") && is_run(folder);
    std::string config(default_config);
    if (!invocation.words.empty())
        config = invocation.words[0];
    else if (resumed)
        config = (folder / "config.yaml").string();
    return resolve(config_items(invocation, config));
}

fs::path folder_of(const Invocation& invocation) {
    const std::string& out = invocation.options.text("--out");
    if (!out.empty()) return out;
    if (invocation.options.flag("--resume"))
        throw UsageError("--resume wants --out RUN: which run is to go on?",
                         "meanflow train --resume --out runs/imf");
    return free_folder(invocation.words.empty() ? std::string(default_config) : invocation.words[0]);
}

/// The rows of the start-up table that are known before the first step.
std::vector<std::pair<std::string, std::string>> facts_of(Trainer& trainer, const Settings& settings) {
    std::string averages;
    for (const Weights& weights : trainer.weights())
        if (weights.name != "online") averages += (averages.empty() ? "" : ", ") + weights.name;
    const std::int64_t done = trainer.steps_done();
    std::vector<std::pair<std::string, std::string>> out = {
        {"data", fmt::format("{} {}", settings.text("data.name"), trainer.data().sample_shape().text())},
        {"model", settings.text("model.name")},
        {"parameters", with_commas(trainer.model().params().count())},
        {"objective", settings.text("objective.name")},
        {"optimiser", fmt::format("{}, lr {:g}, {}", settings.text("optim.name"), settings.real("optim.lr"),
                                  settings.text("schedule.name"))},
        {"averages", averages.empty() ? "none" : averages},
        {"batch", with_commas(settings.integer("train.batch"))},
        {"steps", with_commas(trainer.steps_planned()) +
                      (done == 0 ? "" : fmt::format(", {} done", with_commas(done)))},
        {"precision", settings.text("precision")},
        {"threads", std::to_string(trainer.team().size())},
    };
    if (const ImageDataset* images = trainer.data().images(); images != nullptr)
        out.insert(out.begin() + 1,
                   {{"classes", classes_text(images->class_names())},
                    {"pictures", images->size() == 0 ? "endless" : with_commas(images->size())}});
    for (const std::string& text : trainer.data().remarks()) out.emplace_back("note", text);
    return out;
}

/// Puts the trainer at the newest whole checkpoint; without one the run starts again.
void go_back_to_checkpoint(Trainer& trainer, const fs::path& folder, bool quiet) {
    std::vector<std::string> remarks;
    const std::optional<Checkpoint> found = newest_checkpoint(folder, remarks);
    for (const std::string& line : remarks) remark(false, line);
    if (found) {
        restore(trainer, *found);
        remark(quiet, fmt::format("going on after step {}", found->step));
    } else {
        remark(quiet, "there is no whole checkpoint yet: starting with step 1");
    }
}

/// After the last step: RUN/figures/samples.png and a line with its numbers.
void finish_with_picture(const std::filesystem::path& run, Team& team) {
    std::vector<std::string> remarks;
    const LoadedModel loaded = load_model(find_checkpoint(run, -1, remarks), "ema", team);
    SampleRequest request;
    request.count = 20000;
    const Samples samples = draw_samples(loaded, request, team);
    const PointDataset& data = points_of(*loaded.data, "train");
    const PointScores scores = score_points(as_rows(samples.values, 2), data, request.seed, team);
    fmt::print("one step from noise: {}\n", score_caption(scores));
    draw_or_remark(
        plot::cloud_figure(scene_of(data), samples.values, "one step from noise", score_caption(scores)),
        run / "figures" / "samples", true);
}

int end_of(TrainingEnd end, int signal, Trainer& trainer, const fs::path& folder, bool quiet) {
    if (end == TrainingEnd::stopped) {
        fmt::print(stderr, "stopped after step {}, saved; 'meanflow train --resume --out {}' goes on\n",
                   trainer.steps_done(), folder.string());
        return 128 + signal;
    }
    if (quiet) return 0;
    fmt::print("{} steps are done; the run is in {}\n", trainer.steps_done(), folder.string());
    if (trainer.data().points() != nullptr) finish_with_picture(folder, trainer.team());
    return 0;
}

int run(const Invocation& invocation) {
    const fs::path folder = folder_of(invocation);
    const Settings settings = settings_of(invocation, folder);
    const bool quiet = invocation.quiet(), resumed = invocation.options.flag("--resume");
    StopSignals signals;
    // What can be refused is refused before there is a folder, so that the next try may have the same one.
    Trainer trainer(settings, invocation.threads());
    TrainingHooks hooks =
        training_hooks(settings, folder, trainer, [](const std::string& line) { remark(false, line); });
    hooks.stop = [&] { return signals.pending() != 0; };
    for (const std::string& line : idle_keys(settings, kind_of(trainer.data()), trainer.model()))
        remark(quiet, line);
    RunFolder run = resumed ? RunFolder::resume(folder, settings) : RunFolder::start(folder, settings);
    if (resumed) go_back_to_checkpoint(trainer, folder, quiet);

    TrainingView view{.lines = !quiet, .bar = !quiet};
    view.facts = facts_of(trainer, settings);
    const Precision precision = settings.text("precision") == "bf16" ? Precision::bf16 : Precision::f32;
    if (!quiet) view.peak_flops = 1e9 * measure_gemm_peak(trainer.team(), precision);
    const TrainingEnd end = run_training(trainer, run, settings, view, hooks);
    return end_of(end, signals.pending(), trainer, folder, quiet);
}

}  // namespace

Command train_command() {
    Command out;
    out.name = "train";
    out.summary = "train a model; without a configuration, imf on the checkerboard";
    out.usage = "[CONFIG] [key=value ...] [--out RUN] [--resume]";
    out.example =
        "  meanflow train toy/imf train.steps=2000 --out runs/imf\n"
        "  meanflow train --resume --out runs/imf\n\n"
        "Ctrl-C ends after the step at hand, with a checkpoint; the exit code is then 130 (143 for SIGTERM).";
    out.options = {
        {"--out", OptionKind::text, "", "folder of the run; runs/NAME when it is not given"},
        {"--resume", OptionKind::flag, "false",
         "go on with the run in --out, bit for bit as if it had not stopped"},
    };
    out.takes_overrides = true;
    out.most_words = 1;
    out.run = run;
    return out;
}

}  // namespace mf::cli
