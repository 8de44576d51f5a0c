// SPDX-License-Identifier: MIT
#include "serve/drawing_parts.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/word_list.hpp"
#include "data/images.hpp"
#include "figures/picture_sheet.hpp"
#include "generate/pieces.hpp"
#include "io/png.hpp"
#include "io/shown.hpp"
#include "serve/api_words.hpp"
#include "serve/base64.hpp"
#include "serve/http.hpp"
#include "train/build_info.hpp"
#include "train/settings_text.hpp"

namespace mf::serve {
namespace {

constexpr std::int64_t kMostPixels = std::int64_t{1} << 26;  // of a sheet, zoom and all

std::string class_word(const LoadedModel& model, std::int64_t label) {
    // Where classes have names, a name is what the words mean first, whatever numbers these are.
    return model.class_names.empty() ? std::to_string(label)
                                     : listed(model.class_names[static_cast<std::size_t>(label)]);
}

std::int64_t label_of(const LoadedModel& model, const std::pair<std::int64_t, std::string>& asked) {
    const std::int64_t classes = model.sample.classes;
    const auto& [number, name] = asked;
    if (number >= 0) {
        check_usage(number < classes, "labels: {} is no class; there are {}, from 0 to {}", number, classes,
                    classes - 1);
        return number;
    }
    const auto found = std::ranges::find(model.class_names, name);
    if (found != model.class_names.end()) return found - model.class_names.begin();
    const std::string near = nearest(name, model.class_names);
    throw UsageError(fmt::format("labels: {} is no class of this model", shown(name)),
                     model.class_names.empty() ? "its classes have numbers only"
                     : near.empty()            ? "/api/models lists them"
                                               : fmt::format("did you mean {}?", near));
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ",") + word;
    return out;
}

PictureText text_of(const LoadedModel& model, const SheetPlan& plan) {
    PictureText out{{"Software", fmt::format("meanflow {}", program_version())},
                    {"meanflow.request", plan.request},
                    {"meanflow.weights", fmt::format("{} of step {}", model.weights, model.step)},
                    {"meanflow.settings", settings_to_json(model.settings)}};
    if (!plan.recipe.command.empty()) out["Description"] = plan.recipe.command;
    if (!plan.recipe.python.empty()) out["meanflow.python"] = plan.recipe.python;
    // What a name of a file or class holds may be no UTF-8, which PNG has no place for.
    for (auto& [key, value] : out)
        if (!is_utf8(value)) value = one_line(value);
    return out;
}

void check_sheet(const Shape& shape, std::int64_t count, std::int64_t zoom) {
    const std::int64_t side = zoom > 0 ? zoom : usual_zoom(shape);
    const std::int64_t pixels = (shape[0] * side + 2 * side) * (shape[1] * side + 2 * side) * count;
    if (pixels > kMostPixels)
        throw HttpError(413, fmt::format("a sheet of {} pixels, at most {}", pixels, kMostPixels),
                        "a smaller count or zoom");
}

}  // namespace

std::string label_words(const LoadedModel& model, const LabelsAsk& labels) {
    if (!labels.keyword.empty()) return ":" + labels.keyword;
    if (model.sample.classes == 0) throw UsageError("labels: this model has no classes", "leave labels out");
    std::vector<std::string> words;
    for (const auto& one : labels.list) words.push_back(class_word(model, label_of(model, one)));
    return joined(words);
}

std::string words_of(const LoadedModel& model, const std::vector<std::int32_t>& labels) {
    std::vector<std::string> words;
    for (const std::int32_t label : labels) {
        if (label >= model.sample.classes) return ":none";
        words.push_back(class_word(model, label));
    }
    return words.empty() ? std::string(kBalanced) : joined(words);
}

std::int64_t count_of(const LoadedModel& model, const DrawAsk& ask) {
    if (ask.count > 0) return ask.count;
    return kind_of(model) == "points" ? 2000 : 16;
}

SampleRequest request_of(const LoadedModel& model, const DrawAsk& ask, std::int64_t count,
                         const AskLimits& limits) {
    const std::int64_t numbers = count * std::max(model.shown_shape().count(), model.sample.shape.count());
    if (numbers > limits.numbers)
        throw HttpError(413,
                        fmt::format("{} samples of shape {} are {} numbers, at most {}", count,
                                    model.shown_shape().text(), numbers, limits.numbers),
                        "a smaller count");
    SampleRequest out;
    out.solver = ask.solver;
    out.steps = static_cast<int>(ask.steps);
    out.count = count;
    out.first = ask.first;
    out.seed = ask.seed;
    out.guidance.labels = label_words(model, ask.labels);
    out.guidance.omega = ask.omega;
    if (ask.interval) out.guidance.t_min = {ask.interval->first}, out.guidance.t_max = {ask.interval->second};
    return out;
}

Drawing drawn(const Studio& studio, const LoadedModel& model, SampleRequest request) {
    Drawing out;
    request.precision = studio.shelf.precision();
    request.remarks = [&](const std::string& line) {
        std::string said = in_json()(line);
        if (std::ranges::find(out.remarks, said) == out.remarks.end()) out.remarks.push_back(std::move(said));
    };
    request.stop = studio.stop;
    out.labels = labels_of(model, request.guidance.labels, request.seed, request.count, request.first);
    out.values.reserve(static_cast<std::size_t>(request.count * model.shown_shape().count()));
    const double seconds =
        draw_in_pieces(model, request, studio.team, [&](std::int64_t, const Samples& samples) {
            out.values.insert(out.values.end(), samples.values.begin(), samples.values.end());
        });
    out.ms = seconds * 1e3;
    request.remarks = nullptr;
    out.request = std::move(request);
    return out;
}

void check_pictures(const LoadedModel& model, const std::string& format) {
    if (kind_of(model) == "images") return;
    const bool points = kind_of(model) == "points";
    throw UsageError(
        fmt::format("format {}: samples of shape {} are no pictures", format, model.shown_shape().text()),
        points ? "/api/points shows points; formats npz and json hold their numbers"
               : "formats npz and json hold their numbers; if they are latents, a server with --vae FILE "
                 "makes pictures of them");
}

Json common_keys(const LoadedModel& model, const std::string& name, const Drawing& drawing) {
    const SampleRequest& request = drawing.request;
    Json names = Json::array();
    for (const std::int32_t label : drawing.labels) names.push_back(label_name(model, label));
    return {{"model", name},
            {"step", model.step},
            {"seed", request.seed},
            {"steps", request.steps},
            {"count", request.count},
            {"ms", drawing.ms},
            {"labels", drawing.labels},
            {"label_names", names},
            {"remarks", drawing.remarks}};
}

Answer picture_answer(const LoadedModel& model, const std::string& name, const Drawing& drawing,
                      const SheetPlan& plan) {
    const Shape shape = model.shown_shape();
    Json out = common_keys(model, name, drawing);
    out.update(plan.more);
    out["recipe"] = {{"command", plan.recipe.command}, {"python", plan.recipe.python}};
    const PictureText text = text_of(model, plan);
    if (plan.format == "pictures") {
        Json pictures = Json::array();
        const auto each = static_cast<std::size_t>(shape.count());
        for (std::size_t at = 0; at < drawing.values.size(); at += each) {
            Picture one{
                static_cast<int>(shape[1]), static_cast<int>(shape[0]), static_cast<int>(shape[2]), {}};
            for (std::size_t i = 0; i < each; ++i)
                one.pixels.push_back(byte_of_value(drawing.values[at + i]));
            pictures.push_back(base64(encode_png(one)));
        }
        out["width"] = shape[1], out["height"] = shape[0], out["pictures"] = std::move(pictures);
        return {"application/json", json_text(out) + "\n", {}};
    }
    const std::int64_t count = drawing.request.count;
    check_sheet(shape, count, plan.zoom);
    std::int64_t columns = plan.columns;
    const std::int64_t zoom = plan.zoom > 0 ? plan.zoom : usual_zoom(shape);
    const Picture sheet = sheet_of(drawing.values, shape, std::min(columns, count), static_cast<int>(zoom));
    const std::int64_t cell = shape[1] * zoom, padding = 2 * zoom;
    columns = (sheet.width - padding) / (cell + padding);
    std::string png = encode_png(sheet, text);
    if (plan.format == "png")
        return {"image/png", std::move(png), {{"X-Meanflow-Ms", fmt::format("{:.1f}", drawing.ms)}}};
    out["png"] = base64(png);
    out["width"] = sheet.width, out["height"] = sheet.height;
    out["columns"] = columns, out["rows"] = (count + columns - 1) / columns;
    out["cell"] = {cell, shape[0] * zoom}, out["padding"] = padding;
    return {"application/json", json_text(out) + "\n", {}};
}

}  // namespace mf::serve
