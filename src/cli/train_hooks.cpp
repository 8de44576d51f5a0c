// SPDX-License-Identifier: MIT
#include "cli/train_hooks.hpp"

#include <fmt/format.h>

#include "cli/figures.hpp"
#include "cli/image_file.hpp"
#include "cli/sampling.hpp"
#include "cli/scores.hpp"
#include "cli/screen.hpp"
#include "core/error.hpp"
#include "data/images.hpp"
#include "metrics/points.hpp"
#include "train/diagnostics.hpp"
#include "train/make_model.hpp"

namespace mf::cli {
namespace {

/// The network with these weights.
LoadedModel model_with(Trainer& trainer, const Settings& settings, const Weights& weights) {
    const SampleKind kind = kind_of(trainer.data());
    LoadedModel out;
    out.settings = settings;
    out.step = trainer.steps_done();
    out.weights = weights.name;
    out.sample = kind;
    out.model = make_model(settings, kind);
    if (trainer.data().images() != nullptr) out.class_names = trainer.data().images()->class_names();
    std::ranges::copy(weights.values, out.model->params().flat().begin());
    out.model->params().repack(trainer.team(), Precision::f32);
    return out;
}

/// The weights that samples are drawn with: the last average, or the weights themselves.
LoadedModel model_of(Trainer& trainer, const Settings& settings) {
    return model_with(trainer, settings, trainer.weights().back());
}

/// A sheet from the same noise every time, so that two of them can be compared.
void draw_sheet(Trainer& trainer, const LoadedModel& loaded, const Settings& settings,
                const std::filesystem::path& run) {
    SampleRequest request;
    request.steps = static_cast<int>(settings.integer("sample.steps"));
    const std::int64_t rows = loaded.sample.classes > 0 ? loaded.sample.classes : 10;
    request.count = std::min<std::int64_t>(settings.integer("sample.count"), 8 * rows);
    request.guidance.omega = {settings.real("sample.omega")};
    const std::vector<double> interval = settings.reals("sample.interval");
    check_usage(interval.size() == 2 && interval[0] <= interval[1],
                "sample.interval wants two times, the smaller first: 0.3,0.7");
    request.guidance.t_min = {interval[0]};
    request.guidance.t_max = {interval[1]};
    const Samples samples = draw_samples(loaded, request, trainer.team());
    const std::filesystem::path file = run / "samples" / fmt::format("step_{:07}.png", trainer.steps_done());
    write_images(file, samples.values, loaded, request.guidance.labels, request.seed, {});
}

void draw_picture(Trainer& trainer, const Settings& settings, const std::filesystem::path& run) {
    const LoadedModel loaded = model_of(trainer, settings);
    if (trainer.data().images() != nullptr) return draw_sheet(trainer, loaded, settings, run);
    SampleRequest request;
    request.steps = static_cast<int>(settings.integer("sample.steps"));
    request.count = settings.integer("sample.count");
    const Samples samples = draw_samples(loaded, request, trainer.team());
    const plot::Scene scene = scene_of(points_of(trainer.data(), "sample.every"));
    const std::string title = fmt::format("step {}", trainer.steps_done());
    draw_or_remark(plot::cloud_figure(scene, samples.values, title),
                   run / "samples" / fmt::format("step_{}", trainer.steps_done()), false);
}

std::vector<std::pair<std::string, double>> numbers(Trainer& trainer, const Settings& settings) {
    const LoadedModel loaded = model_of(trainer, settings);
    SampleRequest request;
    request.count = settings.integer("evaluate.count");
    std::vector<std::pair<std::string, double>> out;
    for (const std::int64_t steps : settings.integers("evaluate.steps")) {
        request.steps = static_cast<int>(steps);
        const Samples samples = draw_samples(loaded, request, trainer.team());
        const PointScores scores =
            score_points(as_rows(samples.values, 2), points_of(trainer.data(), "evaluate.every"),
                         request.seed, trainer.team());
        for (const auto& [name, value] : named(scores))
            out.emplace_back(fmt::format("{}@{}", name, steps), value);
    }
    return out;
}

}  // namespace

TrainingHooks training_hooks(const Settings& settings, const std::filesystem::path& run) {
    TrainingHooks hooks;
    hooks.sample = [&settings, run](Trainer& trainer) { draw_picture(trainer, settings, run); };
    hooks.evaluate = [&settings](Trainer& trainer) { return numbers(trainer, settings); };
    hooks.diagnose = [&settings](Trainer& trainer) {
        // What learns is the online weights; the draws are the same every time.
        const LoadedModel loaded = model_with(trainer, settings, trainer.weights().front());
        return diagnose(*loaded.model, settings, trainer.data(),
                        {.count = settings.integer("diagnose.count")}, trainer.team());
    };
    return hooks;
}

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

}  // namespace mf::cli
