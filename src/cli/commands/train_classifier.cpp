// SPDX-License-Identifier: MIT
// meanflow train-classifier: the judge of images.
#include <csignal>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/config_items.hpp"
#include "cli/device_option.hpp"
#include "cli/json.hpp"
#include "cli/screen.hpp"
#include "cli/signals.hpp"
#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "data/class_words.hpp"
#include "judge/judge.hpp"
#include "train/progress_bar.hpp"
#include "train/step_log.hpp"

namespace mf::cli {
namespace {

Settings settings_of(const Invocation& invocation) {
    return resolve_classifier(config_items(invocation, ""));
}

/// The judge that the training starts from numbers the classes of data in files.
std::optional<std::vector<std::string>> order_for(const std::optional<Judge>& start,
                                                  const Settings& settings) {
    if (!start || !settings.has("data.path") || start->class_names.empty()) return std::nullopt;
    return start->class_names;
}

std::string count_text(std::int64_t count) { return count == 0 ? "endless" : with_commas(count); }

void show_table(ClassifierTrainer& trainer, const std::string& out) {
    const LabelledImages& data = trainer.data();
    const ImageClassifier& classifier = trainer.classifier();
    const Settings& settings = trainer.settings();
    const auto batch = static_cast<double>(settings.integer("train.batch"));
    std::vector<std::pair<std::string, std::string>> rows = {
        {"data", fmt::format("{} {}", settings.text("data.name"), data.all().sample_shape().text())},
        {"classes", classes_text(data.all().class_names())},
        {"to learn from", count_text(data.training_count())},
        {"held out", fmt::format("{}: {}", count_text(data.held_count()), data.held_name())},
        {"parameters", with_commas(classifier.params().count())},
        {"features", std::to_string(classifier.config().hidden)},
        {"a step", with_unit(3 * batch * classifier.flops_per_row()) + "FLOP"},
        {"steps", fmt::format("{} of {} images", with_commas(trainer.steps_planned()),
                              settings.integer("train.batch"))},
        {"precision", settings.text("precision")},
        {"threads", std::to_string(trainer.team().size())},
        {"judge", out},
    };
    for (const std::string& text : data.remarks()) rows.emplace_back("note", text);
    fmt::print("{}", boxed_table("meanflow train-classifier", rows));
    std::fflush(stdout);
}

/// The loop; what the last look at the held-out images said.
class Session {
  public:
    Session(ClassifierTrainer& trainer, bool quiet)
        : trainer_(trainer), quiet_(quiet), bar_("train-classifier", trainer.steps_planned(), !quiet) {}

    /// Ends early when `stop` says so. Error when too many steps were not finite.
    template <class Stop>
    double run(Stop stop) {
        constexpr int most_skipped = 20;
        const std::int64_t every = trainer_.settings().integer("evaluate.every");
        double accuracy = 0;
        for (int skipped = 0; trainer_.steps_done() < trainer_.steps_planned();) {
            const ClassifierReport report = trainer_.step();
            skipped = report.skipped ? skipped + 1 : 0;
            if (skipped == most_skipped)
                throw Error(fmt::format("[train-classifier] {} steps in a row were not finite", skipped),
                            "try a lower optim.lr");
            loss_ = loss_ * 0.95 + 0.05 * report.loss;
            right_ = right_ * 0.95 + 0.05 * report.accuracy;
            weight_ = weight_ * 0.95 + 0.05;
            bar_.update(report.step, bar_.shown() ? state() : "");
            const bool last = report.step == trainer_.steps_planned() || stop();
            if (last || report.step % every == 0) accuracy = look(report.step);
            if (last) break;
        }
        bar_.erase();
        return accuracy;
    }

  private:
    std::string state() const {
        const auto done = static_cast<double>(trainer_.steps_done());
        const double seconds = watch_.seconds(),
                     batch = static_cast<double>(trainer_.settings().integer("train.batch"));
        return fmt::format(
            "loss {:.3f} | accuracy {:.3f} | {:.0f} images/s | ETA {}", loss_ / weight_, right_ / weight_,
            done * batch / seconds,
            clock_text(seconds / done * (static_cast<double>(trainer_.steps_planned()) - done)));
    }

    double look(std::int64_t step) {
        const double accuracy = trainer_.held_accuracy(trainer_.settings().integer("evaluate.count"));
        if (quiet_) return accuracy;
        bar_.erase();
        fmt::print("step {}/{} | held out {:.4f} | {}\n", step, trainer_.steps_planned(), accuracy, state());
        std::fflush(stdout);
        return accuracy;
    }

    ClassifierTrainer& trainer_;
    bool quiet_;
    ProgressBar bar_;
    Stopwatch watch_;
    double loss_ = 0, right_ = 0, weight_ = 0;  ///< running means
};

int run_train_classifier(const Invocation& invocation) {
    const std::filesystem::path out = invocation.options.text("--out");
    check_usage(out.extension() == ".safetensors", "--out {}: a judge is a file NAME.safetensors",
                out.string());
    need_convolutions(invocation, "a judge");
    const bool quiet = invocation.quiet() || invocation.json();
    StopSignals signals;
    std::optional<Judge> start;  // it numbers the classes
    if (const std::string& from = invocation.options.text("--from"); !from.empty()) {
        Team team(invocation.threads());
        start.emplace(load_judge(from, team));
    }
    const Settings settings = settings_of(invocation);
    ClassifierTrainer trainer(settings, invocation.threads(), order_for(start, settings));
    if (start) start_from(trainer, *start);
    if (out.has_parent_path()) std::filesystem::create_directories(out.parent_path());
    if (!quiet) show_table(trainer, out.string());
    Stopwatch watch;
    const double accuracy = Session(trainer, quiet).run([&] { return signals.pending() != 0; });
    save_judge(out, trainer, accuracy);
    const bool stopped = trainer.steps_done() < trainer.steps_planned();
    if (invocation.json())
        fmt::print("{}\n", Json::object({{"file", out.string()},
                                         {"steps", trainer.steps_done()},
                                         {"accuracy", accuracy},
                                         {"held", trainer.data().held_name()},
                                         {"parameters", trainer.classifier().params().count()},
                                         {"seconds", watch.seconds()}})
                               .text());
    else if (!quiet)
        fmt::print("{}: right on {:.2f} % of {} after {} steps\n", out.string(), 100 * accuracy,
                   trainer.data().held_name(), trainer.steps_done());
    return stopped ? 128 + signals.pending() : 0;
}

}  // namespace

Command train_classifier_command() {
    Command out;
    out.name = "train-classifier";
    out.summary = "train a small classifier of images, which then judges generated ones";
    out.usage = "[data.name=shapes] [key=value ...] [--out judge.safetensors] [--from judge.safetensors]";
    out.example =
        "  meanflow train-classifier data.name=shapes --out judge.safetensors\n"
        "  meanflow train-classifier data.name=cifar data.path=cifar-10-batches-bin train.steps=4000 --out "
        "cifar.safetensors\n"
        "  meanflow eval runs/shapes --judge judge.safetensors\n\n"
        "Ctrl-C ends after the step at hand and writes what there is; the exit code is then 130 (143 for "
        "SIGTERM).";
    out.options = {
        {"--out", OptionKind::text, "judge.safetensors", "file to write"},
        {"--from", OptionKind::text, "",
         "judge whose weights the training starts from (the optimiser starts anew)"},
    };
    out.takes_device = true;
    out.has_results = true;
    out.takes_overrides = true;
    out.run = run_train_classifier;
    return out;
}

}  // namespace mf::cli
