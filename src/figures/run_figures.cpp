// SPDX-License-Identifier: MIT
#include "figures/run_figures.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "figures/diagnostics_figure.hpp"
#include "figures/scenes.hpp"
#include "figures/scores_figure.hpp"
#include "generate/open_model.hpp"
#include "judge/point_report.hpp"
#include "metrics/points.hpp"
#include "plot/loss_figures.hpp"
#include "plot/points_figures.hpp"
#include "train/metrics_log.hpp"
#include "train/run_folder.hpp"

namespace mf {
namespace {

constexpr std::int64_t kFineSteps = 100;  // where a figure shows the whole way from noise to data

/// The scene of the first row's data; all rows of a figure show the same data.
plot::Scene scene_for(const std::vector<LoadedModel>& models) {
    const Settings& first = models[0].settings;
    for (const LoadedModel& model : models)
        check_usage(model.settings.text("data.name") == first.text("data.name"),
                    "these runs have different data: {} and {}", first.text("data.name"),
                    model.settings.text("data.name"));
    return scene_of(points_of(models[0], "a figure"));
}

std::vector<LoadedModel> open_rows(const FigureRequest& request, Team& team) {
    std::vector<LoadedModel> out;
    for (const RunRow& row : request.rows) {
        out.push_back(open_row(row, request.checkpoint, team));
        for (const std::string& line : out.back().remarks) tell(request.remarks, line);
        check_usage(out.back().data != nullptr, "{}: a figure of points needs the data it was trained on",
                    row.target.string());
    }
    return out;
}

SampleRequest sampling_of(const FigureRequest& request, std::int64_t steps) {
    SampleRequest out = request.sampling;
    out.count = request.count;
    out.steps = static_cast<int>(steps);
    return out;
}

/// What a panel shows, and its numbers: those are of more samples than a panel has room for.
struct PanelSamples {
    plot::Cloud cloud;
    std::string caption;
};

PanelSamples panel_of(const LoadedModel& model, const FigureRequest& request, std::int64_t steps,
                      Team& team) {
    constexpr std::int64_t scored = 10000;
    SampleRequest sampling = sampling_of(request, steps);
    sampling.count = std::max(request.count, scored);
    PanelSamples out{draw_samples(model, sampling, team).values, ""};
    out.caption = score_caption(
        score_points(as_rows(out.cloud, 2), points_of(*model.data, "a figure"), request.sampling.seed, team));
    out.cloud.resize(static_cast<std::size_t>(2 * request.count));
    return out;
}

std::int64_t single_step_count(const FigureRequest& request, std::int64_t usual) {
    check_usage(request.steps.size() <= 1, "this figure has one number of --steps");
    return request.steps.empty() ? usual : request.steps[0];
}

std::string noise_note(const FigureRequest& request) {
    return fmt::format("grey: data; the same noise (seed {}) in every panel", request.sampling.seed);
}

plot::Figure pair(const FigureRequest& request, Team& team) {
    const std::vector<LoadedModel> models = open_rows(request, team);
    plot::Scene scene = scene_for(models);
    const plot::Cloud noise = sampling_noise(request.sampling.seed, 0, request.count, 2);
    const plot::Cloud target = fresh_points(*models[0].data->points(), request.count, request.sampling.seed);
    return plot::pair_figure(scene, noise, target, "noise", models[0].settings.text("data.name"));
}

plot::Figure cloud(const FigureRequest& request, Team& team) {
    check_usage(request.rows.size() == 1, "figure cloud shows one run; compare shows several");
    const std::vector<LoadedModel> models = open_rows(request, team);
    const std::int64_t steps = single_step_count(request, 1);
    const PanelSamples panel = panel_of(models[0], request, steps, team);
    return plot::cloud_figure(
        scene_for(models), panel.cloud,
        fmt::format("{}, {} step{}", request.rows[0].name, steps, steps == 1 ? "" : "s"), panel.caption);
}

plot::Figure compare(const FigureRequest& request, Team& team) {
    const std::vector<LoadedModel> models = open_rows(request, team);
    const std::vector<std::int64_t> columns =
        request.steps.empty() ? std::vector<std::int64_t>{1, 10, 100, 500} : request.steps;
    plot::Scene scene = scene_for(models);
    scene.note = noise_note(request);
    std::vector<plot::Row> rows;
    for (std::size_t i = 0; i < models.size(); ++i) {
        plot::Row row{request.rows[i].name, {}, {}};
        for (const std::int64_t steps : columns) {
            PanelSamples panel = panel_of(models[i], request, steps, team);
            row.clouds.push_back(std::move(panel.cloud));
            row.captions.push_back(std::move(panel.caption));
        }
        rows.push_back(std::move(row));
    }
    return plot::compare_figure(scene, rows, std::vector<int>(columns.begin(), columns.end()));
}

plot::Figure evolution(const FigureRequest& request, Team& team) {
    const std::vector<LoadedModel> models = open_rows(request, team);
    const std::int64_t steps = single_step_count(request, kFineSteps);
    plot::Scene scene = scene_for(models);
    scene.note = noise_note(request);
    std::vector<plot::Row> rows;
    std::vector<double> times;
    for (std::size_t i = 0; i < models.size(); ++i) {
        SampleRequest sampling = sampling_of(request, steps);
        sampling.record = static_cast<int>(std::min<std::int64_t>(6, steps + 1));
        Samples samples = draw_samples(models[i], sampling, team);
        check_usage(times.empty() || times == samples.recorded_times,
                    "figure evolution cannot show runs of both directions side by side");
        times = samples.recorded_times;
        rows.push_back({request.rows[i].name, std::move(samples.recorded), {}});
    }
    return plot::evolution_figure(scene, rows, times);
}

plot::Figure stages(const FigureRequest& request, Team& team) {
    const std::vector<LoadedModel> newest = open_rows(request, team);
    const std::int64_t steps = single_step_count(request, kFineSteps);
    const std::vector<std::int64_t> iterations = common_stages(request, "stages");
    plot::Scene scene = scene_for(newest);
    scene.note = fmt::format("{} sampler step{}; {}", steps, steps == 1 ? "" : "s", noise_note(request));
    std::vector<plot::Row> rows;
    for (std::size_t i = 0; i < newest.size(); ++i) {
        plot::Row row{request.rows[i].name, {}, {}};
        for (const std::int64_t iteration : iterations) {
            const RunRow& own = request.rows[i];
            LoadedModel model = iteration == 0 ? initial_model(newest[i].settings, team, own.precision)
                                               : open_row(own, iteration, team);
            if (iteration == 0) put_on_device(model, own.device, own.precision, team);
            PanelSamples panel = panel_of(model, request, steps, team);
            row.clouds.push_back(std::move(panel.cloud));
            row.captions.push_back(std::move(panel.caption));
        }
        rows.push_back(std::move(row));
    }
    return plot::stages_figure(scene, rows, iterations);
}

/// What the loss of such a run is the distance to.
std::string target_of(const Settings& settings) {
    std::string out = settings.text("objective.target") == "stable" ? "the stable target" : "e − x";
    if (settings.has("objective.guidance") && settings.text("objective.guidance") != "none")
        out = "the guided velocity";
    return settings.text("loss.weight") == "none" ? out : out + " (weighted)";
}

std::vector<plot::LossCurve> curves_of(const FigureRequest& request) {
    std::vector<plot::LossCurve> out;
    for (const RunRow& row : request.rows) {
        check_usage(is_run(row.target), "{}: loss curves need a run, not a checkpoint", row.target.string());
        MetricCurve curve = read_curve(row.target / "metrics.jsonl", "loss");
        out.push_back({row.name, std::move(curve.steps), std::move(curve.values),
                       target_of(settings_of_run(row.target))});
    }
    return out;
}

plot::Figure loss(const FigureRequest& request, Team&) {
    check_usage(request.rows.size() == 1, "figure loss shows one run; losses shows several");
    return plot::loss_figure(curves_of(request)[0]);
}

plot::Figure losses(const FigureRequest& request, Team&) { return plot::losses_figure(curves_of(request)); }

/// The tutorial's grid for direction forward.
plot::Figure mf_forward(const FigureRequest& request, Team& team) {
    for (const LoadedModel& model : open_rows(request, team))
        if (model.settings.text("path.direction") == "reverse")
            throw UsageError("figure mf-forward is about runs with t = 0 at the noise; this one is reverse",
                             "train with path.direction=forward (or forward_as_published)");
    plot::Figure figure = compare(request, team);
    if (request.sampling.as_published)
        figure.note +=
            "\nas published: each step asks for the average over the interval behind it (r = t - 1/n), "
            "which at the first step lies outside what was trained";
    return figure;
}

struct NamedRunFigure {
    const char* name;
    plot::Figure (*make)(const FigureRequest&, Team&);
};

constexpr NamedRunFigure kRunFigures[] = {
    {"pair", pair},
    {"cloud", cloud},
    {"compare", compare},
    {"evolution", evolution},
    {"stages", stages},
    {"loss", loss},
    {"losses", losses},
    {"mf-forward", mf_forward},
    {"diagnostics", diagnostics_figure},
    {"scores", scores_figure},
};

}  // namespace

LoadedModel open_row(const RunRow& row, std::int64_t checkpoint, Team& team) {
    return open_model(row.target,
                      {.weights = row.weights,
                       .step = checkpoint,
                       .side = row.side,
                       .precision = row.precision,
                       .asked_for = row.precision_asked_for,
                       .device = row.device},
                      team);
}

std::vector<std::int64_t> common_stages(const FigureRequest& request, const std::string& figure) {
    std::vector<std::int64_t> common;
    for (std::size_t i = 0; i < request.rows.size(); ++i) {
        std::vector<std::int64_t> own;
        for (const auto& path : checkpoints_of(request.rows[i].target)) own.push_back(*step_of(path));
        if (i == 0) common = own;
        std::erase_if(common, [&](std::int64_t step) { return std::ranges::find(own, step) == own.end(); });
    }
    if (common.empty())
        throw UsageError(fmt::format("figure {}: these runs have no checkpoints of the same step", figure),
                         "train with save.keep=0 and save.every=1000");
    // The step after the last regular one (5001 after 5000) shows nothing new.
    if (common.size() > 5 && common.back() - common[common.size() - 2] == 1) common.pop_back();
    std::vector<std::int64_t> out = {0};
    const std::size_t columns = std::min<std::size_t>(5, common.size());
    for (std::size_t i = 1; i <= columns; ++i) out.push_back(common[i * common.size() / columns - 1]);
    return out;
}

const std::vector<std::string>& figure_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> out;
        for (const NamedRunFigure& figure : kRunFigures) out.emplace_back(figure.name);
        return out;
    }();
    return names;
}

plot::Figure make_figure(const std::string& name, const FigureRequest& request, Team& team) {
    for (const NamedRunFigure& figure : kRunFigures)
        if (name == figure.name) return figure.make(request, team);
    throw UsageError(fmt::format("there is no figure '{}'", name),
                     "did you mean " + nearest(name, figure_names()) + "?");
}

}  // namespace mf
