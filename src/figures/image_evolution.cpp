// SPDX-License-Identifier: MIT
// Figure evolution: the same noise through the network as it was in the course of training.
#include <algorithm>

#include <fmt/format.h>

#include "figures/image_figure_parts.hpp"
#include "figures/stored_sheets.hpp"
#include "train/make_model.hpp"
#include "train/run_folder.hpp"

namespace mf {
namespace {

/// The network as it was before the first step.
LoadedModel initial_of(const LoadedModel& model, Precision precision, Team& team) {
    LoadedModel out;
    out.settings = model.settings;
    out.weights = "online";
    out.sample = model.sample;
    out.class_names = model.class_names;
    out.model = make_model(out.settings, out.sample);
    out.model->initialise(static_cast<std::uint64_t>(out.settings.integer("seed")));
    out.model->params().repack(team, precision);
    return out;
}

std::string stage_words(std::int64_t stage) { return fmt::format("step {}", stage); }

/// Rows of the sheets that training left.
plot::PictureGrid stored_evolution(const ImageFigureRequest& request, const std::vector<LoadedModel>& models,
                                   const std::vector<StoredSheets>& sheets,
                                   const std::vector<std::int64_t>& stages) {
    plot::PictureGrid grid = grid_for(models[0]);
    const std::int64_t across = std::min(request.pictures > 0 ? request.pictures : 10, sheets[0].columns);
    ImageFigureRequest balanced = request;
    balanced.labels = kBalanced;
    for (const std::int64_t stage : stages) grid.rows.push_back(stage_words(stage));
    for (std::size_t i = 0; i < models.size(); ++i)
        grid.groups.push_back({heading_of(request, i), class_labels(balanced, models[i], across)});
    const std::size_t each = grid.height * grid.width * grid.channels;
    for (const std::int64_t stage : stages)
        for (const StoredSheets& run : sheets) {
            const Bytes row = first_row(run, stage, across);
            for (std::int64_t k = 0; k < across; ++k) {
                const auto from =
                    row.begin() + static_cast<std::ptrdiff_t>(k * static_cast<std::int64_t>(each));
                grid.cells.emplace_back(from, from + static_cast<std::ptrdiff_t>(each));
            }
        }
    const Settings& own = models[0].settings;
    grid.note =
        fmt::format("from the sheets that training left: {}", steps_words(own.integer("sample.steps")));
    if (models[0].sample.classes > 0) grid.note += fmt::format(", ω = {:g}", own.real("sample.omega"));
    grid.note += ";  the same noise in every row";
    return grid;
}

}  // namespace

plot::PictureGrid image_evolution(const ImageFigureRequest& request, const std::vector<LoadedModel>& models,
                                  Team& team) {
    if (!request.sampling_given) {
        std::vector<StoredSheets> sheets;
        for (const RunRow& row : request.runs.rows)
            sheets.push_back(stored_sheets(row.target, models[0].sample));
        const std::vector<std::int64_t> stages = common_sheets(sheets, 8);
        // As many checkpoints are better: they are sampled with the averaged weights and any settings.
        std::size_t checkpoints = checkpoints_of(request.runs.rows[0].target).size();
        if (stages.size() > checkpoints) return stored_evolution(request, models, sheets, stages);
    }
    const std::vector<std::int64_t> stages = common_stages(request.runs, "evolution");
    const GuidanceRequest guided = one_guidance(request);
    const std::int64_t across = usual_count(request, models[0]);
    plot::PictureGrid grid = grid_for(models[0]);
    for (std::size_t i = 0; i < models.size(); ++i)
        grid.groups.push_back({heading_of(request, i), class_labels(request, models[i], across)});
    grid.note = fmt::format("{};  the same noise (seed {}) in every row", all_steps(request, models),
                            request.runs.sampling.seed);
    if (models[0].sample.classes > 0) grid.note += ";  " + words_of(models[0], guided);
    const auto each = static_cast<std::ptrdiff_t>(grid.height * grid.width * grid.channels);
    for (const std::int64_t stage : stages) {
        grid.rows.push_back(stage_words(stage));
        for (std::size_t i = 0; i < models.size(); ++i) {
            const LoadedModel model = stage == 0
                                          ? initial_of(models[i], request.runs.sampling.precision, team)
                                          : open_row(request.runs.rows[i], stage, team);
            const Bytes row =
                drawn(model, sampling_of(request, across, steps_of(request, models[i]), guided), team);
            for (auto from = row.begin(); from != row.end(); from += each)
                grid.cells.emplace_back(from, from + each);
        }
    }
    return grid;
}

}  // namespace mf
