// SPDX-License-Identifier: MIT
#include "door/training.hpp"

#include <algorithm>

#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "data/images.hpp"
#include "door/turn.hpp"
#include "generate/idle_keys.hpp"
#include "io/jsonl.hpp"
#include "train/data_changes.hpp"
#include "train/make_model.hpp"
#include "train/metrics_log.hpp"
#include "train/run_changes.hpp"
#include "train/run_folder.hpp"
#include "train/younger_keys.hpp"

namespace mf::door {
namespace fs = std::filesystem;

/// A report and the seconds that its step took.
struct Timed {
    StepReport report;
    double seconds;
};

struct Training::Parts {
    Settings settings;
    Trainer trainer;
    Turn turn;
    int threads;
    std::vector<std::string> remarks;
    std::vector<Timed> history;
    std::size_t saved = 0;  ///< of the history
    std::int64_t skipped_in_a_row = 0;
    std::optional<RunFolder> folder;
    std::optional<fs::path> origin;  ///< where it was resumed from
    std::int64_t began = 0;          ///< steps that were done then

    Parts(Settings all, const Machine& machine, GivenData data)
        : settings(std::move(all)), trainer(settings, machine, std::move(data)), threads(machine.threads) {}
    Parts(Settings all, const Machine& machine, std::optional<std::vector<std::string>> order)
        : settings(std::move(all)), trainer(settings, machine, std::move(order)), threads(machine.threads) {}

    std::unique_lock<std::mutex> take() {
        auto turn_taken = turn.take();
        if (turn.was_cut_off())
            throw Error("[train] this process was forked in the middle of a step, which is half done here",
                        "train in the parent, or make the trainer in the child");
        return turn_taken;
    }
};

namespace {

/// Keys of what a loop does beside the steps; whoever steps by himself does these things himself.
void remark_on_loop_keys(const std::vector<ConfigItem>& items, std::vector<std::string>& remarks) {
    for (const ConfigItem& item : items)
        for (const char* room : {"save.", "sample.", "evaluate.", "diagnose.", "log."})
            if (item.key.starts_with(room) && item.key != "log.metrics_every")
                remarks.push_back(
                    fmt::format("{}={} has no effect here: a program that steps by itself saves, samples "
                                "and evaluates when it wants to",
                                item.key, item.value));
}

std::vector<ConfigItem> items_for(const TrainingRequest& request, std::vector<ConfigItem> items) {
    if (!request.data) {
        items.insert(items.end(), request.items.begin(), request.items.end());
        return items;
    }
    for (const ConfigItem& item : request.items)
        if (item.key == "data.name" && item.value != kArrays)
            throw UsageError(fmt::format("data.name={} and arrays as data say different things", item.value),
                             "give one of the two");
    // Before the caller's: keys of other data are dropped where the configuration has them, refused where he has.
    items.push_back({"data.name", kArrays, ""});
    items.insert(items.end(), request.items.begin(), request.items.end());
    return items;
}

std::unique_ptr<Training::Parts> parts_for(const Settings& settings, const TrainingRequest& request,
                                           std::optional<std::vector<std::string>> order) {
    const Machine machine(request.threads, request.device);
    if (!request.data) return std::make_unique<Training::Parts>(settings, machine, std::move(order));
    ArrayData arrays = *request.data;
    // A class without pictures has its number all the same.
    if (order && !order->empty() && arrays.class_names.empty() && !arrays.labels.empty())
        arrays.class_names = *order;
    return std::make_unique<Training::Parts>(settings, machine,
                                             arrays_as_data(arrays, settings.flag("data.flip")));
}

void gather_remarks(Training::Parts& parts, const TrainingRequest& request) {
    for (const std::string& line : parts.trainer.data().remarks()) parts.remarks.push_back(line);
    for (const std::string& line :
         idle_keys(parts.settings, kind_of(parts.trainer.data()), parts.trainer.model()))
        parts.remarks.push_back(line);
    remark_on_loop_keys(request.items, parts.remarks);
}

/// The data of a run that goes on have to be those that it began with.
void check_data(Training::Parts& parts, const Checkpoint& point, const std::string& place) {
    const ImageDataset* images = parts.trainer.data().images();
    const std::vector<std::string> names =
        images == nullptr ? std::vector<std::string>{} : images->class_names();
    if (parts.settings.text("data.name") == kArrays) {
        const auto before = class_order_of(point.file.metadata);
        if (before && *before != names)
            throw UsageError(fmt::format("{}: the classes were {} and are {}", place,
                                         fmt::join(*before, ", "), fmt::join(names, ", ")),
                             "give the arrays that the run began with");
    }
    const std::string change = data_changes(point.file.metadata, names, parts.trainer.data_print(), place);
    if (change.empty()) return;
    if (parts.settings.text("data.name") == kArrays)
        throw UsageError(fmt::format("{}: {}", place, change), "give the arrays that the run began with");
    parts.remarks.push_back(change);
}

}  // namespace

Training::Training(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Training::Training(const TrainingRequest& request) {
    const Settings settings = with_absolute_paths(resolve(items_for(
        request, request.config.empty() ? std::vector<ConfigItem>{} : read_config(request.config))));
    parts_ = parts_for(settings, request, std::nullopt);
    gather_remarks(*parts_, request);
}
Training::~Training() = default;
Training::Training(Training&&) noexcept = default;
Training& Training::operator=(Training&&) noexcept = default;

Training Training::resume(const fs::path& run, const TrainingRequest& request, std::int64_t step) {
    check(is_run(run), "{}: there is no run here (it has no config.yaml)", run.string());
    const Settings before = settings_of_run(run);
    const Settings settings = with_absolute_paths(resolve(
        with_younger_keys_of(before, items_for(request, read_config((run / "config.yaml").string())))));
    if (settings.text("data.name") == kArrays && !request.data)
        throw UsageError(
            fmt::format("{}: this run learnt from arrays, which are not in its folder", run.string()),
            "give them again: data=...");
    RunFolder folder = RunFolder::resume(run, settings, step);
    const auto order = folder.point() ? class_order_of(folder.point()->file.metadata) : std::nullopt;
    Training out(parts_for(settings, request, order));
    Parts& parts = *out.parts_;
    gather_remarks(parts, request);
    for (const std::string& line : folder.remarks()) parts.remarks.push_back(line);
    if (folder.point()) {
        check_data(parts, *folder.point(), run.string());
        restore(parts.trainer, *folder.point());
        folder.forget_point();
    }
    parts.origin = run;
    parts.began = parts.trainer.steps_done();
    check_usage(parts.began <= parts.trainer.steps_planned(),
                "{}: train.steps={} are fewer than the {} that are done", run.string(),
                parts.trainer.steps_planned(), parts.began);
    parts.folder.emplace(std::move(folder));
    return out;
}

StepReport Training::step() {
    Parts& parts = *parts_;
    const auto turn = parts.take();
    const std::int64_t planned = parts.trainer.steps_planned();
    if (parts.trainer.steps_done() >= planned)
        throw UsageError(fmt::format("[train] all {} steps are done", planned),
                         "train.steps says how many there are");
    Stopwatch watch;
    StepReport report = parts.trainer.step();
    parts.history.push_back({report, watch.seconds()});
    parts.skipped_in_a_row = report.skipped ? parts.skipped_in_a_row + 1 : 0;
    if (parts.skipped_in_a_row >= parts.settings.integer("train.max_skipped"))
        throw Error(fmt::format("[train] {} steps in a row were not finite, the last for its {}",
                                parts.skipped_in_a_row, report.culprit),
                    fmt::format("a lower rate may help: {}", lower_rates(parts.settings)));
    return report;
}

std::int64_t Training::done() const { return parts_->trainer.steps_done(); }
std::int64_t Training::planned() const { return parts_->trainer.steps_planned(); }
const Settings& Training::settings() const { return parts_->settings; }
std::string Training::device() const { return parts_->trainer.device_name(); }
int Training::threads() const { return parts_->trainer.team().size(); }
std::int64_t Training::parameters() const { return parts_->trainer.model().params().count(); }
Shape Training::sample_shape() const { return parts_->trainer.data().sample_shape(); }
const std::vector<std::string>& Training::remarks() const { return parts_->remarks; }

std::vector<StepReport> Training::history() const {
    const auto turn = parts_->take();
    std::vector<StepReport> out;
    for (const Timed& one : parts_->history) out.push_back(one.report);
    return out;
}

Model Training::model(const std::string& weights, Precision precision) const {
    Parts& parts = *parts_;
    const auto turn = parts.take();
    LoadedModel out = model_of(parts.trainer, parts.settings, weights, precision, parts.trainer.team());
    // Of its own: models and trainers work at the same time.
    put_on_device(out, parts.trainer.device_name(), precision, parts.trainer.team());
    return {std::move(out), precision, parts.threads};
}

fs::path Training::save(const fs::path& run) {
    Parts& parts = *parts_;
    const auto turn = parts.take();
    Trainer& trainer = parts.trainer;
    check_usage(parts.skipped_in_a_row == 0, "[train] the last step was not finite, so that it is not saved");
    if (const std::string name = trainer.not_finite(); !name.empty())
        throw Error(fmt::format("[train] after step {} {} is not finite: nothing is saved",
                                trainer.steps_done(), name));
    const bool known =
        parts.folder && fs::weakly_canonical(parts.folder->path()) == fs::weakly_canonical(run);
    if (!known) {
        RunFolder fresh = RunFolder::start(run, parts.settings);
        parts.folder.emplace(std::move(fresh));
        parts.saved = 0;
    }
    const bool resumed = known && parts.origin.has_value();
    if (!known || resumed) {
        (void)parts.folder->begin(parts.settings, resumed ? parts.began : 0);
        parts.origin.reset();
    }
    JsonLines metrics(parts.folder->metrics());
    if (resumed) metrics.drop_after(parts.began);
    const std::int64_t every = parts.settings.integer("log.metrics_every");
    for (; parts.saved < parts.history.size(); ++parts.saved) {
        const Timed& one = parts.history[parts.saved];
        if (one.report.skipped || one.report.step % every == 0)
            metrics.append(metrics_row(one.report, one.seconds));
    }
    return parts.folder->save(trainer, parts.settings, 0);
}

void Training::close() {
    const auto turn = parts_->turn.take();
    parts_->folder.reset();
}

}  // namespace mf::door
