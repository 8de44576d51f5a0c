// SPDX-License-Identifier: MIT
#include "serve/drawing.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "figures/scenes.hpp"
#include "generate/guidance.hpp"
#include "generate/noise_between.hpp"
#include "generate/sample_file.hpp"
#include "io/file.hpp"
#include "serve/api_words.hpp"
#include "serve/base64.hpp"
#include "serve/drawing_parts.hpp"
#include "serve/http.hpp"

namespace mf::serve {
namespace {

namespace fs = std::filesystem;

RecipeModel recipe_model(const Studio& studio, const Target& target, const LoadedModel& model) {
    const std::optional<VaeRequest>& vae = studio.shelf.vae();
    return {target, model, studio.shelf.precision(), model.decoder != nullptr && vae ? &*vae : nullptr};
}

/// A file of our own in the folder for such files, and gone with this object.
class PassingFile {
  public:
    explicit PassingFile(const std::string& ending) {
        std::string folder = (fs::temp_directory_path() / "meanflow-serve-XXXXXX").string();
        check(::mkdtemp(folder.data()) != nullptr, "[serve] {}: no folder for a file: {}", folder,
              system_text(errno));
        folder_ = folder;
        path_ = folder_ / ("samples" + ending);
    }
    ~PassingFile() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    PassingFile(const PassingFile&) = delete;
    PassingFile& operator=(const PassingFile&) = delete;
    const fs::path& path() const { return path_; }

  private:
    fs::path folder_, path_;
};

/// Numbers in the fewest digits that give the same float back; null for what is none.
std::string numbers_text(std::span<const float> values) {
    std::string out = "[";
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) out += ',';
        out += std::isfinite(values[i]) ? fmt::format("{}", values[i]) : "null";
    }
    return out + "]";
}

std::string bytes_text(const std::vector<float>& values) {
    return base64({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)});
}

Answer npz_answer(const Studio& studio, const LoadedModel& model, SampleRequest request) {
    const PassingFile file(".npz");
    request.precision = studio.shelf.precision();
    request.stop = studio.stop;
    write_drawn_samples(file.path(), model, request, false, studio.team);
    return {"application/octet-stream",
            read_file(file.path()),
            {{"Content-Disposition", "attachment; filename=\"samples.npz\""}}};
}

/// "{...}" with one more key at its end, whose value is text already.
std::string with_key(const Json& object, const std::string& key, const std::string& value) {
    std::string out = json_text(object);
    out.pop_back();
    return out + (object.empty() ? "" : ",") + "\"" + key + "\":" + value + "}\n";
}

}  // namespace

Answer draw_sample(const Studio& studio, const DrawAsk& ask) {
    const Target target = studio.shelf.find(ask.model);
    const LoadedModel& model = studio.shelf.open(target, studio.team);
    const bool numbers = ask.format == "npz" || ask.format == "json";
    if (!numbers) check_pictures(model, ask.format);
    const std::int64_t count = count_of(model, ask);
    const SampleRequest request = request_of(model, ask, count, studio.limits);
    if (ask.format == "npz") return npz_answer(studio, model, request);
    const Drawing drawing = drawn(studio, model, request);
    const Recipe recipe =
        sample_recipe(recipe_model(studio, target, model), ask, request.guidance.labels, count);
    if (ask.format == "json") {
        Json out = common_keys(model, target.name, drawing);
        out["recipe"] = {{"command", recipe.command}, {"python", recipe.python}};
        Json shape = Json::array({count});
        for (const std::int64_t side : model.shown_shape()) shape.push_back(side);
        out["shape"] = shape;
        return {"application/json", with_key(out, "samples", numbers_text(drawing.values)), {}};
    }
    SheetPlan plan{ask.format, ask.columns, ask.zoom, recipe, ask.echo};
    if (plan.columns == 0 && ask.labels.keyword == "balanced" && model.sample.classes > 1 &&
        model.sample.classes <= 32)
        plan.columns = model.sample.classes;
    return picture_answer(model, target.name, drawing, plan);
}

Answer draw_map(const Studio& studio, const MapAsk& ask) {
    const Target target = studio.shelf.find(ask.draw.model);
    const LoadedModel& model = studio.shelf.open(target, studio.team);
    check_pictures(model, ask.draw.format);
    const std::int64_t each = ask.draw.count;
    const auto rows = static_cast<std::int64_t>(std::max<std::size_t>(1, ask.omega.size()));
    const auto columns = static_cast<std::int64_t>(std::max<std::size_t>(1, ask.intervals.size()));
    SampleRequest request = request_of(model, ask.draw, rows * columns * each, studio.limits);
    const std::string words = request.guidance.labels;
    // The labels of one cell, again and again.
    const std::vector<std::int32_t> labels = labels_of(model, words, request.seed, each, request.first);
    if (!labels.empty()) request.guidance.labels = words_of(model, labels);
    const std::vector<float> noise = sampling_noise(request.seed, static_cast<std::uint64_t>(request.first),
                                                    each, model.sample.shape.count());
    request.first = 0;
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t column = 0; column < columns; ++column) {
            request.noise.insert(request.noise.end(), noise.begin(), noise.end());
            for (std::int64_t i = 0; i < each; ++i) {
                if (!ask.omega.empty())
                    request.guidance.omega.push_back(ask.omega[static_cast<std::size_t>(row)]);
                if (ask.intervals.empty()) continue;
                const Interval& interval = ask.intervals[static_cast<std::size_t>(column)];
                request.guidance.t_min.push_back(interval.first);
                request.guidance.t_max.push_back(interval.second);
            }
        }
    const Drawing drawing = drawn(studio, model, request);
    SheetPlan plan{ask.draw.format, columns * each, ask.draw.zoom,
                   map_recipe(recipe_model(studio, target, model), ask, words), ask.draw.echo};
    plan.more["omega"] = ask.omega;
    plan.more["intervals"] = Json::array();
    for (const auto& [t_min, t_max] : ask.intervals) plan.more["intervals"].push_back({t_min, t_max});
    return picture_answer(model, target.name, drawing, plan);
}

Answer draw_interpolation(const Studio& studio, const InterpolateAsk& ask) {
    const Target target = studio.shelf.find(ask.draw.model);
    const LoadedModel& model = studio.shelf.open(target, studio.team);
    check_pictures(model, ask.draw.format);
    SampleRequest request = request_of(model, ask.draw, ask.frames, studio.limits);
    request.noise = noise_path(ask.from, ask.to, ask.frames, model.sample.shape.count());
    const Drawing drawing = drawn(studio, model, request);
    SheetPlan plan{ask.draw.format, ask.draw.columns, ask.draw.zoom,
                   interpolation_recipe(recipe_model(studio, target, model), ask, request.guidance.labels),
                   ask.draw.echo};
    plan.more["from"] = {{"seed", ask.from.seed}, {"index", ask.from.index}};
    plan.more["to"] = {{"seed", ask.to.seed}, {"index", ask.to.index}};
    return picture_answer(model, target.name, drawing, plan);
}

Answer draw_points(const Studio& studio, const PointsAsk& ask) {
    std::vector<Target> targets;
    if (ask.models.empty()) targets = studio.shelf.of_points(studio.team);
    for (const ModelRef& model : ask.models) targets.push_back(studio.shelf.find(model));
    if (targets.empty())
        throw HttpError(404, "no model here draws points in the plane", "toy/imf and its kin do");
    if (targets.size() > 8) targets.resize(8);
    const bool numbers = ask.encoding == "numbers";
    const auto encoded = [&](const std::vector<float>& values) {
        return numbers ? Json::parse(numbers_text(values)) : Json(bytes_text(values));
    };
    Stopwatch all;
    Json models = Json::array(), remarks = Json::array(), view, data;
    for (const Target& target : targets) {
        const LoadedModel& model = studio.shelf.open(target, studio.team);
        check_usage(kind_of(model) == "points", "{} draws samples of shape {}, no points in the plane",
                    target.name, model.shown_shape().text());
        if (view.is_null() && model.data != nullptr && model.data->points() != nullptr) {
            const Box box = model.data->points()->view();
            view = {box.x0, box.x1, box.y0, box.y1};
            if (ask.data > 0) data = encoded(fresh_points(*model.data->points(), ask.data, ask.seed));
        }
        Json paths = Json::array();
        for (const std::int64_t steps : ask.steps) {
            SampleRequest request;
            request.solver = ask.solver;
            request.steps = static_cast<int>(steps);
            request.count = ask.count;
            request.seed = ask.seed;
            request.precision = studio.shelf.precision();
            request.stop = studio.stop;
            request.record = static_cast<int>(std::min(steps + 1, ask.states));
            Stopwatch watch;
            const Samples samples = draw_samples(model, request, studio.team);
            Json states = Json::array();
            for (const std::vector<float>& state : samples.recorded) states.push_back(encoded(state));
            paths.push_back({{"steps", steps},
                             {"times", samples.recorded_times},
                             {"states", std::move(states)},
                             {"ms", watch.seconds() * 1e3}});
        }
        for (const std::string& line : model.remarks) remarks.push_back(in_json()(line));
        models.push_back({{"model", target.name},
                          {"objective", model.settings.text("objective.name")},
                          {"step", model.step},
                          {"paths", std::move(paths)}});
    }
    const Json out{{"count", ask.count},
                   {"seed", ask.seed},
                   {"encoding", ask.encoding},
                   {"view", view},
                   {"data", data},
                   {"models", std::move(models)},
                   {"ms", all.seconds() * 1e3},
                   {"remarks", remarks}};
    return {"application/json", json_text(out) + "\n", {}};
}

}  // namespace mf::serve
