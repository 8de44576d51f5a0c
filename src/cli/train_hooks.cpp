// SPDX-License-Identifier: MIT
#include "cli/train_hooks.hpp"

#include <fmt/format.h>

#include "cli/figures.hpp"
#include "cli/sampling.hpp"
#include "cli/scores.hpp"
#include "cli/screen.hpp"
#include "core/error.hpp"
#include "metrics/points.hpp"
#include "train/make_model.hpp"

namespace mf::cli {
namespace {

/// The weights that samples are drawn with: the last average, or the weights themselves.
LoadedModel model_of(Trainer& trainer, const Settings& settings) {
    const Weights weights = trainer.weights().back();
    LoadedModel out{settings, trainer.steps_done(), weights.name, make_dataset(settings), nullptr};
    out.model = make_model(settings, *out.data);
    std::ranges::copy(weights.values, out.model->params().flat().begin());
    out.model->params().repack(trainer.team(), Precision::f32);
    return out;
}

void draw_picture(Trainer& trainer, const Settings& settings, const std::filesystem::path& run) {
    const LoadedModel loaded = model_of(trainer, settings);
    SampleRequest request;
    request.steps = static_cast<int>(settings.integer("sample.steps"));
    request.count = settings.integer("sample.count");
    const Samples samples = draw_samples(loaded, request, trainer.team());
    const plot::Scene scene = scene_of(points_of(*loaded.data, "sample.every"));
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
            score_points(as_rows(samples.values, 2), points_of(*loaded.data, "evaluate.every"), request.seed,
                         trainer.team());
        for (const auto& [name, value] : named(scores))
            out.emplace_back(fmt::format("{}@{}", name, steps), value);
    }
    return out;
}

}  // namespace

TrainingHooks point_hooks(const Settings& settings, const std::filesystem::path& run) {
    TrainingHooks hooks;
    hooks.sample = [&settings, run](Trainer& trainer) { draw_picture(trainer, settings, run); };
    hooks.evaluate = [&settings](Trainer& trainer) { return numbers(trainer, settings); };
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
