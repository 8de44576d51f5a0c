// SPDX-License-Identifier: MIT
// meanflow train: a run, from its first step or from where it was left.
#include <csignal>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/config_items.hpp"
#include "cli/drawing.hpp"
#include "cli/screen.hpp"
#include "cli/signals.hpp"
#include "core/error.hpp"
#include "data/class_choice.hpp"
#include "data/class_words.hpp"
#include "data/images.hpp"
#include "figures/scenes.hpp"
#include "figures/training_hooks.hpp"
#include "generate/idle_keys.hpp"
#include "generate/open_model.hpp"
#include "generate/sampling.hpp"
#include "judge/point_report.hpp"
#include "metrics/points.hpp"
#include "ops/peak.hpp"
#include "train/average_remark.hpp"
#include "train/build_info.hpp"
#include "train/config.hpp"
#include "train/data_changes.hpp"
#include "train/init_weights.hpp"
#include "train/make_model.hpp"
#include "train/run_changes.hpp"
#include "train/step_log.hpp"
#include "train/training_run.hpp"
#include "train/younger_keys.hpp"

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
    std::vector<ConfigItem> items = config_items(invocation, config);
    if (resumed) items = with_younger_keys_of(settings_of_run(folder), std::move(items));
    return with_absolute_paths(resolve(items));
}

/// Where the data of a run were and are no longer: the run's own words for it, and what to type.
void check_data_is_there(const fs::path& folder, const Settings& settings) {
    if (!settings.has("data.path") || settings.text("data.path").empty()) return;
    const std::string& path = settings.text("data.path");
    if (fs::exists(path)) return;
    const Settings before = settings_of_run(folder);
    const bool own = before.has("data.path") && with_absolute_paths(before).text("data.path") == path;
    if (!own) return;  // it was typed just now: the data set says what is wrong with it
    const bool relative = fs::path(before.text("data.path")).is_relative();
    throw Error(fmt::format("{}: its data.path is {}, and there is no such file or folder{}", folder.string(),
                            before.text("data.path"), relative ? " in " + fs::current_path().string() : ""),
                "when the data lie elsewhere now, add data.path=FOLDER");
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
        {"device", trainer.device_name()},
    };
    if (const ImageDataset* images = trainer.data().images(); images != nullptr)
        out.insert(out.begin() + 1,
                   {{"classes", classes_text(images->class_names())},
                    {"pictures", images->size() == 0 ? "endless" : with_commas(images->size())}});
    for (const std::string& text : trainer.data().remarks()) out.emplace_back("note", text);
    return out;
}

/// The run that is to go on, or nothing when this is a new one. What can be refused is refused before anything changes.
std::optional<RunFolder> run_to_resume(const Invocation& invocation, const fs::path& folder,
                                       const Settings& settings) {
    const std::int64_t step = invocation.options.integer("--step");
    if (!invocation.options.flag("--resume")) {
        check_usage(step < 0, "--step {} says where --resume goes on", step);
        return std::nullopt;
    }
    const bool empty = !fs::exists(folder) || fs::is_empty(folder);
    if (empty && (invocation.words.empty() || step >= 0))
        throw UsageError(fmt::format("{}: there is no run to go on with", folder.string()),
                         "'meanflow train CONFIG --out FOLDER' starts one");
    if (empty) return std::nullopt;
    if (is_run(folder)) check_data_is_there(folder, settings);
    return RunFolder::resume(folder, settings, step);
}

/// After the last step: RUN/figures/samples.png and a line with its numbers.
void finish_with_picture(const std::filesystem::path& run, Trainer& trainer) {
    Team& team = trainer.team();
    std::vector<std::string> remarks;
    LoadedModel loaded = load_model(find_checkpoint(run, -1, remarks), "ema", team);
    put_on_device(loaded, trainer.device(), Precision::f32);
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

/// Labels are those of the checkpoint that the run goes on from, by the names of the classes.
Trainer trainer_for(const Settings& settings, const Machine& machine, const std::optional<RunFolder>& run,
                    const fs::path& folder) {
    if (!run || !run->point()) return {settings, machine};
    try {
        return {settings, machine, class_order_of(run->point()->file.metadata)};
    } catch (const OtherClasses& error) {
        throw Error(fmt::format("{}: the classes have changed: {}", folder.string(), error.what()),
                    "a class that was renamed needs its old name; for other classes start another run");
    } catch (const PicturesWithoutClasses& error) {
        throw Error(fmt::format("{}: the classes have changed: {}", folder.string(), error.what()),
                    "the run has learnt classes: is data.path the folder that holds theirs?");
    }
}

/// Puts the trainer at the checkpoint that was found; without one the run starts again.
void go_back_to_checkpoint(Trainer& trainer, RunFolder& run, bool quiet) {
    for (const std::string& line : run.remarks()) remark(false, line);
    if (!run.point()) return remark(quiet, "there is no whole checkpoint yet: starting with step 1");
    restore(trainer, *run.point());
    if (const ImageDataset* images = trainer.data().images(); images != nullptr) {
        const std::string change = data_changes(run.point()->file.metadata, images->class_names(),
                                                trainer.data_print(), run.path().string());
        if (!change.empty()) run.note(change);
    }
    run.forget_point();
    const std::int64_t done = trainer.steps_done(), planned = trainer.steps_planned();
    check_usage(done <= planned, "{}: train.steps={} are fewer than the {} that are done",
                run.path().string(), planned, done);
    if (done < planned)
        remark(quiet, fmt::format("going on after step {}", done));
    else
        remark(quiet, fmt::format("all {} steps are done already; train.steps=N makes the run longer", done));
}

/// A new run of these weights. They are saved as a checkpoint of step 0 at once, so that a run that is killed before its
/// first one goes on from them.
void start_from_weights(const Invocation& invocation, Trainer& trainer, const InitialWeights& initial,
                        RunFolder& run, const Settings& settings, const std::string& what) {
    for (const std::string& line : initial.remarks) remark(false, line);
    trainer.start_from(initial.weights);
    run.note(fmt::format("starts from {} ({})", invocation.options.text("--init"), what));
    run.save(trainer, settings, 0);
}

int end_of(TrainingEnd end, int signal, Trainer& trainer, const Settings& settings, const fs::path& folder,
           bool quiet) {
    if (end == TrainingEnd::unsaved) {
        fmt::print(
            stderr,
            "stopped after step {}, not saved, since steps were being skipped; 'meanflow train --resume "
            "--out {}' goes on from the last good checkpoint\n",
            trainer.steps_done(), folder.string());
        return 128 + signal;
    }
    if (end == TrainingEnd::stopped) {
        fmt::print(stderr, "stopped after step {}, saved; 'meanflow train --resume --out {}' goes on\n",
                   trainer.steps_done(), folder.string());
        return 128 + signal;
    }
    if (quiet) return 0;
    fmt::print("{} steps are done; the run is in {}\n", trainer.steps_done(), folder.string());
    remark(false, average_remark(settings, trainer.weights().back().name, trainer.steps_done()));
    if (trainer.data().points() != nullptr) finish_with_picture(folder, trainer);
    return 0;
}

int run_train(const Invocation& invocation) {
    const fs::path folder = folder_of(invocation);
    const Settings settings = settings_of(invocation, folder);
    const bool quiet = invocation.quiet();
    StopSignals signals;
    std::optional<RunFolder> run = run_to_resume(invocation, folder, settings);
    // What can be refused is refused before there is a folder, so that the next try may have the same one.
    Trainer trainer = trainer_for(settings, {invocation.threads(), invocation.device()}, run, folder);
    TrainingHooks hooks =
        training_hooks(settings, folder, trainer, [](const std::string& line) { remark(false, line); });
    hooks.stop = [&] { return signals.pending() != 0; };
    std::optional<SourceWeights> source;
    std::optional<InitialWeights> initial;
    if (const std::string& init = invocation.options.text("--init"); !init.empty()) {
        if (invocation.options.flag("--resume"))
            throw UsageError("--init starts a run and --resume goes on with one", "leave one of the two out");
        source = read_source_weights(init, invocation.options.text("--weights"));
        for (const std::string& line : source->remarks) remark(false, line);
        const ImageDataset* images = trainer.data().images();
        initial = initial_weights_from(*source, trainer.model(),
                                       images == nullptr ? std::vector<std::string>{} : images->class_names(),
                                       trainer.team(), init);
    } else {
        refuse_options(invocation, {"--weights"}, "says which weights of --init are meant",
                       "add --init FILE");
    }
    for (const std::string& line : idle_keys(settings, kind_of(trainer.data()), trainer.model()))
        remark(quiet, line);
    if (run)
        go_back_to_checkpoint(trainer, *run, quiet);
    else
        run = RunFolder::start(folder, settings);
    if (initial) start_from_weights(invocation, trainer, *initial, *run, settings, source->what);
    source.reset();

    remark(quiet, planned_average_remark(settings));

    TrainingView view{.lines = !quiet, .bar = !quiet};
    view.facts = facts_of(trainer, settings);
    const Precision precision = settings.text("precision") == "bf16" ? Precision::bf16 : Precision::f32;
    if (!quiet) view.peak_flops = 1e9 * measure_gemm_peak(trainer.team(), precision);
    const TrainingEnd end = run_training(trainer, *run, settings, view, hooks);
    return end_of(end, signals.pending(), trainer, settings, folder, quiet);
}

}  // namespace

Command train_command() {
    Command out;
    out.name = "train";
    out.takes_device = true;
    out.summary = "train a model; without a configuration, imf on the checkerboard";
    out.usage = "[CONFIG] [key=value ...] [--out RUN] [--init WEIGHTS] [--resume [--step N]]";
    out.example =
        "  meanflow train toy/imf train.steps=2000 --out runs/imf\n"
        "  meanflow train --resume --out runs/imf\n"
        "  meanflow train cifar10/imf --init runs/fm --out runs/imf    from flow matching on to one step\n\n"
        "Ctrl-C ends after the step at hand, with a checkpoint; the exit code is then 130 (143 for SIGTERM).";
    out.options = {
        {"--out", OptionKind::text, "", "folder of the run; runs/NAME when it is not given"},
        {"--resume", OptionKind::flag, "false",
         "go on with the run in --out, bit for bit as if it had not stopped"},
        {"--init", OptionKind::text, "",
         "weights to start from: a run, a checkpoint or a file (safetensors, .pth), also of fm or mf"},
        {"--weights", OptionKind::text, "ema",
         "with --init: online, ema or a full name, as sample takes them"},
        {"--step", OptionKind::integer, "-1",
         "with --resume: go on from this checkpoint; what is newer is set aside; -1: from the newest", -1},
    };
    out.takes_overrides = true;
    out.most_words = 1;
    out.run = run_train;
    return out;
}

}  // namespace mf::cli
