// SPDX-License-Identifier: MIT
#include "figures/image_figure_parts.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "data/images.hpp"
#include "generate/guidance.hpp"
#include "objectives/objective.hpp"

namespace mf {

namespace {

bool knows_intervals(const LoadedModel& model) {
    const Settings& settings = model.settings;
    return objective_catalogue().at(settings.text("objective.name")).make(settings)->needs_interval();
}

}  // namespace

std::int64_t steps_of(const ImageFigureRequest& request, const LoadedModel& model) {
    check_usage(request.runs.steps.size() <= 1, "this figure has one number of --steps");
    if (!request.runs.steps.empty()) return request.runs.steps[0];
    return knows_intervals(model) ? 1 : kManySteps;
}

GuidanceRequest one_guidance(const ImageFigureRequest& request) {
    check_usage(request.omega.size() <= 1 && request.intervals.size() <= 2,
                "only figure guidance has several values of --omega and --interval");
    GuidanceRequest out{.labels = request.labels, .omega = request.omega, .t_min = {}, .t_max = {}};
    if (!request.intervals.empty()) out.t_min = {request.intervals[0]}, out.t_max = {request.intervals[1]};
    return out;
}

std::string words_of(const LoadedModel& model, const GuidanceRequest& guidance) {
    const GuidanceAbility ability = guidance_ability(model);
    const double own = ability.kind == GuidanceKind::fixed ? ability.omega : 1.0;
    std::string out = fmt::format("ω = {:g}", guidance.omega.empty() ? own : guidance.omega[0]);
    if (!guidance.t_min.empty()) out += fmt::format(" in [{:g}, {:g}]", guidance.t_min[0], guidance.t_max[0]);
    return out;
}

SampleRequest sampling_of(const ImageFigureRequest& request, std::int64_t count, std::int64_t steps,
                          GuidanceRequest guidance) {
    SampleRequest out = request.runs.sampling;
    out.count = count;
    out.steps = static_cast<int>(steps);
    out.guidance = std::move(guidance);
    return out;
}

Bytes drawn(const LoadedModel& model, const SampleRequest& request, Team& team) {
    Bytes out;
    for (const float value : draw_samples(model, request, team).values) out.push_back(byte_of_value(value));
    return out;
}

std::int64_t usual_count(const ImageFigureRequest& request, const LoadedModel& model) {
    if (request.pictures > 0) return request.pictures;
    if (model.sample.classes == 0) return 8;
    if (is_balanced(model, request.labels)) return std::min<std::int64_t>(10, model.sample.classes);
    const std::int64_t listed = listed_labels(model, request.labels);
    return listed > 0 ? listed : 8;
}

std::vector<std::string> class_labels(const ImageFigureRequest& request, const LoadedModel& model,
                                      std::int64_t count) {
    std::vector<std::string> out(static_cast<std::size_t>(count));
    const auto labels = labels_of(model, request.labels, request.runs.sampling.seed, count);
    for (std::size_t i = 0; i < labels.size(); ++i) out[i] = label_name(model, labels[i]);
    return out;
}

plot::PictureGrid grid_for(const LoadedModel& model) {
    const Shape& shape = model.sample.shape;
    plot::PictureGrid grid;
    grid.height = static_cast<std::size_t>(shape[0]);
    grid.width = static_cast<std::size_t>(shape[1]);
    grid.channels = static_cast<std::size_t>(shape[2]);
    return grid;
}

std::string heading_of(const ImageFigureRequest& request, std::size_t run) {
    return request.runs.rows.size() > 1 ? request.runs.rows[run].name : "";
}

std::string steps_words(std::int64_t steps) { return fmt::format("{} step{}", steps, steps == 1 ? "" : "s"); }

std::string all_steps(const ImageFigureRequest& request, const std::vector<LoadedModel>& models) {
    std::vector<std::string> each;
    bool same = true;
    for (std::size_t i = 0; i < models.size(); ++i) {
        each.push_back(request.runs.rows[i].name + " " + steps_words(steps_of(request, models[i])));
        same = same && steps_of(request, models[i]) == steps_of(request, models[0]);
    }
    return same ? steps_words(steps_of(request, models[0])) : fmt::format("{}", fmt::join(each, ", "));
}

void fill_by_columns(plot::PictureGrid& grid, const std::vector<Bytes>& columns) {
    const std::size_t each = grid.height * grid.width * grid.channels;
    for (std::size_t row = 0; row < grid.rows.size(); ++row)
        for (const Bytes& column : columns) {
            const auto from = column.begin() + static_cast<std::ptrdiff_t>(row * each);
            grid.cells.emplace_back(from, from + static_cast<std::ptrdiff_t>(each));
        }
}

}  // namespace mf
