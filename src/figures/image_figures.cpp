// SPDX-License-Identifier: MIT
#include "figures/image_figures.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "figures/image_figure_parts.hpp"
#include "generate/guidance.hpp"
#include "generate/noise_between.hpp"
#include "train/build_info.hpp"
#include "train/settings_text.hpp"

namespace mf {
namespace {

std::vector<LoadedModel> open_images(const FigureRequest& runs, Team& team) {
    std::vector<LoadedModel> out;
    for (const RunRow& row : runs.rows) {
        out.push_back(open_row(row, runs.checkpoint, team));
        for (const std::string& line : out.back().remarks) tell(runs.remarks, line);
        check_usage(out.back().sample.shape == out[0].sample.shape,
                    "these runs draw images of different shapes: {} and {}", out[0].sample.shape.text(),
                    out.back().sample.shape.text());
        check_usage(out.back().sample.classes == out[0].sample.classes,
                    "these runs have different classes: {} and {} of them", out[0].sample.classes,
                    out.back().sample.classes);
    }
    const Shape& shape = out[0].sample.shape;
    check_usage(shape.rank() == 3 && (shape[2] == 1 || shape[2] == 3),
                "samples of shape {} are no pictures; this figure is for images", shape.text());
    return out;
}

void check_can_be_guided(const std::vector<LoadedModel>& models) {
    for (const LoadedModel& model : models) {
        const GuidanceAbility ability = guidance_ability(model);
        if (ability.kind == GuidanceKind::none)
            throw UsageError(fmt::format("figure guidance: {}", ability.why),
                             "figure steps shows this network");
        if (ability.kind == GuidanceKind::fixed)
            throw UsageError(
                fmt::format("figure guidance: a model with objective.guidance=fixed has one strength, {:g}",
                            ability.omega),
                "objective.guidance=flexible learns all of them");
    }
}

bool is_guided_from_outside(const LoadedModel& model) {
    return guidance_ability(model).kind == GuidanceKind::second_pass;
}

/// Whether an interval makes a difference: from outside, one step is asked at one time, which is noise.
bool has_intervals(const ImageFigureRequest& request, const LoadedModel& model) {
    return guidance_ability(model).interval &&
           !(is_guided_from_outside(model) && steps_of(request, model) == 1);
}

/// The columns of each model, and a word about those that are not guided as one might expect.
void add_guidance_groups(plot::PictureGrid& grid, const ImageFigureRequest& request,
                         const std::vector<LoadedModel>& models, const std::vector<double>& intervals) {
    const bool any =
        std::ranges::any_of(models, [&](const LoadedModel& model) { return has_intervals(request, model); });
    if (!any && !request.intervals.empty() && request.intervals != std::vector<double>{0, 1})
        throw UsageError(fmt::format("figure guidance: {} knows no intervals{}", request.runs.rows[0].name,
                                     is_guided_from_outside(models[0]) ? " in one step" : ""),
                         is_guided_from_outside(models[0]) ? "take more --steps, or leave --interval out"
                                                           : "leave --interval out");
    for (std::size_t i = 0; i < models.size(); ++i) {
        plot::PictureGroup group{heading_of(request, i), {}};
        if (has_intervals(request, models[i]))
            for (std::size_t k = 0; k < intervals.size(); k += 2)
                group.columns.push_back(fmt::format("{:g} – {:g}", intervals[k], intervals[k + 1]));
        else
            group.columns.emplace_back("0 – 1");
        if (is_guided_from_outside(models[i]))
            grid.note += fmt::format("\n{}: guided from outside, by a second pass for no class",
                                     request.runs.rows[i].name);
        grid.groups.push_back(std::move(group));
    }
}

plot::PictureGrid guidance(const ImageFigureRequest& request, const std::vector<LoadedModel>& models,
                           Team& team) {
    check_can_be_guided(models);
    const std::vector<double> omega =
        request.omega.empty() ? std::vector<double>{1, 1.5, 2, 3, 5, 8} : request.omega;
    const std::vector<double> intervals =
        request.intervals.empty() ? std::vector<double>{0, 1, 0.1, 0.9, 0.2, 0.8, 0.3, 0.7, 0, 0.5, 0.5, 1}
                                  : request.intervals;
    const bool listed = listed_labels(models[0], request.labels) > 0;
    const std::int64_t count = request.pictures > 0 ? request.pictures
                               : listed             ? usual_count(request, models[0])
                                                    : 4;
    plot::PictureGrid grid = grid_for(models[0]);
    grid.row_title = "guidance strength ω";
    grid.column_title = "guidance interval [t_min, t_max]";
    grid.block_columns = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(count))));
    grid.note = fmt::format("{};  the same noise (seed {}) and labels in every cell",
                            all_steps(request, models), request.runs.sampling.seed);
    const std::vector<std::string> labels = class_labels(request, models[0], count);
    grid.note += fmt::format(":  {}", fmt::join(labels, ", "));
    for (const double w : omega) grid.rows.push_back(fmt::format("{:g}", w));
    add_guidance_groups(grid, request, models, intervals);
    const auto cell = [&](const LoadedModel& model, double w, std::size_t k) {
        GuidanceRequest guided{.labels = request.labels, .omega = {w}, .t_min = {}, .t_max = {}};
        if (has_intervals(request, model))
            guided.t_min = {intervals[2 * k]}, guided.t_max = {intervals[2 * k + 1]};
        return drawn(model, sampling_of(request, count, steps_of(request, model), acting_part(model, guided)),
                     team);
    };
    for (const double w : omega)
        for (std::size_t i = 0; i < models.size(); ++i)
            for (std::size_t k = 0; k < grid.groups[i].columns.size(); ++k)
                grid.cells.push_back(cell(models[i], w, k));
    return grid;
}

plot::PictureGrid steps(const ImageFigureRequest& request, const std::vector<LoadedModel>& models,
                        Team& team) {
    std::vector<std::int64_t> counts = request.runs.steps;
    if (counts.empty())
        counts = models.size() == 1 ? std::vector<std::int64_t>{1, 2, 4, 8, 16, kManySteps}
                                    : std::vector<std::int64_t>{1, 2, 4, kManySteps};
    const GuidanceRequest guided = one_guidance(request);
    const std::int64_t rows = usual_count(request, models[0]);
    plot::PictureGrid grid = grid_for(models[0]);
    grid.column_title = "sampler steps";
    grid.rows = class_labels(request, models[0], rows);
    grid.note = fmt::format("the same noise (seed {}) in every column", request.runs.sampling.seed);
    if (models[0].sample.classes > 0) grid.note += ";  " + words_of(models[0], guided);
    std::vector<Bytes> columns;
    for (std::size_t i = 0; i < models.size(); ++i) {
        plot::PictureGroup group{heading_of(request, i), {}};
        for (const std::int64_t count : counts) {
            group.columns.push_back(std::to_string(count));
            columns.push_back(drawn(models[i], sampling_of(request, rows, count, guided), team));
        }
        grid.groups.push_back(std::move(group));
    }
    fill_by_columns(grid, columns);
    return grid;
}

plot::PictureGrid interpolate(const ImageFigureRequest& request, const std::vector<LoadedModel>& models,
                              Team& team) {
    const std::int64_t columns = request.pictures > 0 ? request.pictures : (models.size() == 1 ? 9 : 7);
    check_usage(columns >= 2, "figure interpolate wants --count of at least 2: both ends");
    ImageFigureRequest rows_request = request;
    rows_request.pictures = 0;
    const std::int64_t rows = usual_count(rows_request, models[0]);
    const bool classes = models[0].sample.classes > 0;
    plot::PictureGrid grid = grid_for(models[0]);
    grid.rows = class_labels(request, models[0], rows);
    grid.column_title = "from noise A to noise B";
    const std::int64_t dimensions = models[0].sample.shape.count();
    const std::vector<float> ends =
        sampling_noise(request.runs.sampling.seed, 0, classes ? 2 : 2 * rows, dimensions);
    const auto end = [&](std::int64_t i) {
        return std::span(ends).subspan(static_cast<std::size_t>(i * dimensions),
                                       static_cast<std::size_t>(dimensions));
    };
    GuidanceRequest guided = one_guidance(request);
    const auto labels = labels_of(models[0], request.labels, request.runs.sampling.seed, rows);
    std::vector<Bytes> cells;
    for (std::size_t i = 0; i < models.size(); ++i) {
        plot::PictureGroup group{heading_of(request, i), {}};
        for (std::int64_t k = 0; k < columns; ++k) {
            const double s = static_cast<double>(k) / static_cast<double>(columns - 1);
            const std::int64_t part = std::gcd(k, columns - 1);
            group.columns.push_back(k == 0 ? "A"
                                    : k == columns - 1
                                        ? "B"
                                        : fmt::format("{}/{}", k / part, (columns - 1) / part));
            SampleRequest sampling = sampling_of(request, rows, steps_of(request, models[i]), guided);
            for (std::int64_t row = 0; row < rows; ++row) {
                const std::vector<float> noise =
                    noise_between(end(classes ? 0 : 2 * row), end(classes ? 1 : 2 * row + 1), s);
                sampling.noise.insert(sampling.noise.end(), noise.begin(), noise.end());
            }
            cells.push_back(drawn(models[i], sampling, team));
        }
        grid.groups.push_back(std::move(group));
    }
    fill_by_columns(grid, cells);
    grid.note = fmt::format(
        "{};  along the great circle between two noises (seed {}){}", all_steps(request, models),
        request.runs.sampling.seed,
        classes ? ", the same in every row;  " + words_of(models[0], guided) : ", other ones in each row");
    return grid;
}

/// What the grid was made from, without the command (which the caller knows).
PictureText text_of(const ImageFigureRequest& request, const std::vector<LoadedModel>& models,
                    const std::string& name, const plot::PictureGrid& grid) {
    PictureText out = {{"Software", fmt::format("meanflow {}", program_version())},
                       {"meanflow.figure", name},
                       {"meanflow.note", grid.note}};
    for (std::size_t i = 0; i < models.size(); ++i) {
        const std::string suffix = models.size() == 1 ? "" : fmt::format(".{}", i + 1);
        out["meanflow.weights" + suffix] =
            fmt::format("{}: {} of step {}", request.runs.rows[i].name, models[i].weights, models[i].step);
        out["meanflow.settings" + suffix] = settings_to_json(models[i].settings);
    }
    return out;
}

struct NamedFigure {
    const char* name;
    plot::PictureGrid (*make)(const ImageFigureRequest&, const std::vector<LoadedModel>&, Team&);
};
constexpr NamedFigure kFigures[] = {
    {"sheet", image_sheet},         {"guidance", guidance},       {"steps", steps},
    {"evolution", image_evolution}, {"interpolate", interpolate},
};

}  // namespace

const std::vector<std::string>& image_figure_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> out;
        for (const NamedFigure& figure : kFigures) out.emplace_back(figure.name);
        return out;
    }();
    return names;
}

bool draws_images(const FigureRequest& runs, Team& team) {
    return open_row(runs.rows.at(0), runs.checkpoint, team).sample.shape.rank() == 3;
}

ImageFigure make_image_figure(const std::string& name, const ImageFigureRequest& request, Team& team) {
    for (const NamedFigure& figure : kFigures)
        if (name == figure.name) {
            const std::vector<LoadedModel> models = open_images(request.runs, team);
            ImageFigure out{figure.make(request, models, team), {}};
            out.text = text_of(request, models, name, out.grid);
            return out;
        }
    throw UsageError(fmt::format("there is no figure '{}' of images", name),
                     fmt::format("there are {}", fmt::join(image_figure_names(), ", ")));
}

}  // namespace mf
