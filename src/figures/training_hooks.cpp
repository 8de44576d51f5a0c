// SPDX-License-Identifier: MIT
#include "figures/training_hooks.hpp"

#include <memory>
#include <optional>

#include <fmt/format.h>

#include "core/error.hpp"
#include "data/images.hpp"
#include "diagnose/diagnostics.hpp"
#include "figures/image_file.hpp"
#include "figures/scenes.hpp"
#include "generate/guidance.hpp"
#include "generate/open_model.hpp"
#include "generate/sampling.hpp"
#include "judge/image_report.hpp"
#include "judge/judge.hpp"
#include "judge/point_report.hpp"
#include "metrics/points.hpp"
#include "train/make_model.hpp"

namespace mf {
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
    put_on_device(out, trainer.device(), Precision::f32);
    return out;
}

/// The weights that samples are drawn with: the last average, or the weights themselves.
LoadedModel model_of(Trainer& trainer, const Settings& settings) {
    return model_with(trainer, settings, trainer.weights().back());
}

/// `room`.omega and `room`.interval, as far as they act, with balanced labels.
GuidanceRequest guidance_in(const LoadedModel& loaded, const std::string& room) {
    return acting_part(loaded, guidance_of_keys(loaded.settings, room));
}

/// A sheet from the same noise every time, so that two of them can be compared.
void draw_sheet(Trainer& trainer, const LoadedModel& loaded, const Settings& settings,
                const std::filesystem::path& run) {
    SampleRequest request;
    request.steps = static_cast<int>(settings.integer("sample.steps"));
    const std::int64_t rows = loaded.sample.classes > 0 ? loaded.sample.classes : 10;
    request.count = std::min<std::int64_t>(settings.integer("sample.count"), 8 * rows);
    request.guidance = guidance_in(loaded, "sample");
    const Samples samples = draw_samples(loaded, request, trainer.team());
    const std::filesystem::path file = run / "samples" / fmt::format("step_{:07}.png", trainer.steps_done());
    write_sheet(file, samples.values, loaded, request.guidance.labels, {});
}

void draw_picture(Trainer& trainer, const Settings& settings, const std::filesystem::path& run,
                  const Remarks& remarks) {
    const LoadedModel loaded = model_of(trainer, settings);
    if (trainer.data().images() != nullptr) return draw_sheet(trainer, loaded, settings, run);
    SampleRequest request;
    request.steps = static_cast<int>(settings.integer("sample.steps"));
    request.count = settings.integer("sample.count");
    const Samples samples = draw_samples(loaded, request, trainer.team());
    const plot::Scene scene = scene_of(points_of(trainer.data(), "sample.every"));
    const std::string title = fmt::format("step {}", trainer.steps_done());
    draw_where_possible(plot::cloud_figure(scene, samples.values, title),
                        run / "samples" / fmt::format("step_{}", trainer.steps_done()), remarks);
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

/// Scores of images during training, always from the same noise and against the same real images.
class ImageNumbers {
  public:
    ImageNumbers(const Settings& settings, Trainer& trainer) : settings_(settings) {
        const ImageDataset& data = *trainer.data().images();
        JudgeLabels labels;
        if (const std::string& path = settings.text("evaluate.judge"); !path.empty()) {
            judge_.emplace(load_judge(path, trainer.team()));
            labels = check_fits(*judge_, kind_of(data), data.class_names(),
                                "data.name=" + settings.text("data.name"));
        }
        reference_.emplace(data, judge_ ? judge_->classifier.get() : nullptr,
                           settings.integer("evaluate.images"), trainer.team(), labels);
    }

    std::vector<std::pair<std::string, double>> operator()(Trainer& trainer) const {
        const LoadedModel loaded = model_of(trainer, settings_);
        SampleRequest request;
        request.count = settings_.integer("evaluate.images");
        request.guidance = guidance_in(loaded, "evaluate");
        const std::vector<std::int32_t> labels =
            labels_of(loaded, request.guidance.labels, request.seed, request.count);
        std::vector<std::pair<std::string, double>> out;
        for (const std::int64_t steps : settings_.integers("evaluate.steps")) {
            request.steps = static_cast<int>(steps);
            const Samples samples = draw_samples(loaded, request, trainer.team());
            for (const auto& [name, value] : named(reference_->score(samples.values, labels, trainer.team())))
                out.emplace_back(fmt::format("{}@{}", name, steps), value);
        }
        return out;
    }

  private:
    const Settings& settings_;
    std::optional<Judge> judge_;
    std::optional<ImageReference> reference_;
};

}  // namespace

TrainingHooks training_hooks(const Settings& settings, const std::filesystem::path& run, Trainer& trainer,
                             const Remarks& remarks) {
    TrainingHooks hooks;
    const Shape shape = trainer.data().sample_shape();
    if (settings.integer("sample.every") > 0 && shape.rank() == 3 && shape[2] != 1 && shape[2] != 3)
        throw UsageError(fmt::format("sample.every={}: samples of shape {} are no pictures",
                                     settings.integer("sample.every"), shape),
                         "sample.every=0; 'meanflow sample --vae FILE' makes pictures of a run's latents");
    hooks.sample = [&settings, run, remarks](Trainer& t) { draw_picture(t, settings, run, remarks); };
    if (trainer.data().images() == nullptr)
        hooks.evaluate = [&settings](Trainer& t) { return numbers(t, settings); };
    else if (settings.integer("evaluate.every") > 0)
        hooks.evaluate = [own = std::make_shared<ImageNumbers>(settings, trainer)](Trainer& t) {
            return (*own)(t);
        };
    hooks.diagnose = [&settings](Trainer& t) {
        // What learns is the online weights; the draws are the same every time.
        const LoadedModel loaded = model_with(t, settings, t.weights().front());
        return diagnose(*loaded.model, settings, t.data(),
                        {.count = settings.integer("diagnose.count"), .device = loaded.device.get()},
                        t.team());
    };
    return hooks;
}

}  // namespace mf
