// SPDX-License-Identifier: MIT
#include "judge/image_eval.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/word_list.hpp"
#include "data/class_choice.hpp"
#include "generate/sample_file.hpp"
#include "io/file_name.hpp"
#include "io/weights_file.hpp"
#include "train/data_plan.hpp"
#include "train/make_model.hpp"
#include "train/plain_weights.hpp"
#include "train/run_folder.hpp"

namespace mf {

namespace fs = std::filesystem;

bool is_about_images(const std::string& target) {
    if (is_picture_folder(target)) return true;
    if (is_sample_file(target)) {
        const std::optional<Shape> shape = is_text_table(target) ? Shape{} : stored_shape(target);
        return shape && shape->rank() > 2;
    }
    if (fs::is_regular_file(target) && holds_plain_weights(target)) {
        const auto words = read_weights_file(target).metadata;
        return !words.contains("sample_shape") || split_list(words.at("sample_shape")).size() == 3;
    }
    std::vector<std::string> remarks;
    const Checkpoint checkpoint = find_checkpoint(target, -1, remarks);
    const auto shape = checkpoint.file.metadata.find("sample_shape");
    return shape != checkpoint.file.metadata.end() && split_list(shape->second).size() == 3;
}

namespace {

/// Labels as in the plan; pictures without any are real pictures all the same.
std::unique_ptr<Dataset> data_for(const Settings& settings, const DataPlan& plan) {
    try {
        return make_dataset(settings, plan);
    } catch (const PicturesWithoutClasses&) {
        return make_dataset(settings, {.threads = plan.threads});
    }
}

GeneratedImages in_colours(GeneratedImages gray) {
    std::vector<float> tripled;
    tripled.reserve(3 * gray.values.size());
    for (const float value : gray.values) tripled.insert(tripled.end(), 3, value);
    gray.values = std::move(tripled);
    gray.shape = {gray.shape[0], gray.shape[1], 3};
    return gray;
}

}  // namespace

ImageEval::ImageEval(const fs::path& judge, EvalRequest request, Team& team)
    : request_(std::move(request)), team_(team) {
    if (!judge.empty()) judge_.emplace(load_judge(judge, team_));
}

void ImageEval::add(const std::string& target) {
    is_sample_file(target) || is_picture_folder(target) ? add_images(target) : add_model(target);
}

const ImageReference& ImageEval::reference_for(const Settings& settings, const DataPlan& plan,
                                               std::int64_t count, const Shape& shape,
                                               const std::string& what) {
    std::string key = std::to_string(count);
    if (plan.class_order) key.append(" ").append(listed(*plan.class_order));
    for (const auto& [name, value] : settings.items())
        if (name.starts_with("data.")) key += " " + name + "=" + value;
    if (key == key_) {
        check_shape(shape, what);
        return *reference_;
    }
    const std::unique_ptr<Dataset> data = data_for(settings, plan);
    const ImageDataset* images = data->images();
    if (images == nullptr)
        throw UsageError(fmt::format("{}: holds images, and data.name={} has none to compare them with", what,
                                     settings.text("data.name")),
                         "name the data set that they are meant to be like: data.name=shapes");
    data_name_ = settings.text("data.name");
    shape_ = data->sample_shape();
    class_names_ = images->class_names();
    key_.clear();
    check_shape(shape, what);
    JudgeLabels labels;
    if (judge_)
        labels = check_fits(*judge_, kind_of(*data), images->class_names(),
                            "data.name=" + settings.text("data.name"));
    reference_ = std::make_unique<ImageReference>(*images, judge_ ? judge_->classifier.get() : nullptr, count,
                                                  team_, labels);
    key_ = key;
    floors_.push_back({{.source = fmt::format("floor: {} itself", data_name_)}, reference_->floor(team_)});
    return *reference_;
}

void ImageEval::check_shape(const Shape& shape, const std::string& what) const {
    check_usage(shape_ == shape, "{}: has samples of shape {}; data.name={} has {}", what, shape, data_name_,
                shape_);
}

/// The labels of images as numbers of the data set's classes, which the judge's are, too. Empty where they are unknown.
std::vector<std::int32_t> ImageEval::labels_for(const GeneratedImages& images,
                                                const std::string& what) const {
    const auto none = static_cast<std::int32_t>(class_names_.size());
    // What was drawn without a class has the number behind the last.
    if (std::ranges::all_of(images.labels, [&](std::int32_t label) { return label == none; })) return {};
    if (images.class_names.empty()) return images.labels;
    std::vector<std::int32_t> out;
    for (const std::int32_t label : images.labels) {
        const auto at = static_cast<std::size_t>(label);
        const auto found =
            at >= images.class_names.size()
                ? class_names_.end()
                : std::ranges::find_if(class_names_, [&](const std::string& name) {
                      return name == images.class_names[at] || name_for_file(name) == images.class_names[at];
                  });
        if (found == class_names_.end()) {
            tell(request_.remarks,
                 fmt::format("{}: its labels name the class '{}', which data.name={} does not have; they are "
                             "left aside",
                             what,
                             at < images.class_names.size() ? images.class_names[at] : std::to_string(label),
                             data_name_));
            return {};
        }
        out.push_back(static_cast<std::int32_t>(found - class_names_.begin()));
    }
    return out;
}

/// The settings of a run with request.data on top.
Settings ImageEval::with_data(Settings settings) const {
    // Weights of others do not say what they were trained on.
    if (!settings.was_set("data.name")) return resolve(request_.data);
    for (const ConfigItem& item : request_.data) {
        const bool same = item.key == "data.name" && item.value == settings.text("data.name");
        check_usage(same || (item.key.starts_with("data.") && item.key != "data.name"),
                    "eval: '{}={}': of a run, only where its data lie can be said here: data.path=...",
                    item.key, item.value);
        settings.set(item.key, item.value);
    }
    return settings;
}

void ImageEval::add_model(const std::string& target) {
    const LoadedModel loaded = open_for_evaluation(target, request_, team_);
    SampleKind shown = loaded.sample;
    shown.shape = loaded.shown_shape();
    check_usage(shown.shape.rank() == 3, "{}: has samples of shape {}, expected images like the others",
                target, shown.shape);
    SampleRequest sampling = request_.sampling;
    sampling.count = request_.count == 0 ? 2000 : request_.count;
    if (judge_) check_fits(*judge_, shown, loaded.class_names, target);
    const ImageReference& reference = reference_for(with_data(loaded.settings), plan_of(loaded, team_.size()),
                                                    sampling.count, shown.shape, target);
    for (const std::string& line : label_remarks(loaded, sampling.guidance.labels))
        tell(request_.remarks, line);
    std::vector<std::int32_t> labels;
    // Samples of the null class have no class to be right about.
    if (loaded.sample.classes > 0 && !is_unlabelled(loaded, sampling.guidance.labels))
        labels = labels_of(loaded, sampling.guidance.labels, sampling.seed, sampling.count);
    for (const std::int64_t n : request_.steps.empty() ? std::vector<std::int64_t>{1} : request_.steps) {
        sampling.steps = static_cast<int>(n);
        tell(request_.progress,
             fmt::format("{}: {} images in {} step{}", target, sampling.count, n, n == 1 ? "" : "s"));
        const Samples samples = draw_samples(loaded, sampling, team_);
        results_.push_back({{target, loaded.weights, loaded.step, sampling.steps},
                            reference.score(samples.values, labels, team_)});
    }
}

void ImageEval::add_images(const std::string& target) {
    GeneratedImages images = read_generated(target, request_.count);
    for (const std::string& line : images.remarks) tell(request_.remarks, line);
    const Settings settings = resolve(request_.data);
    // Gray pictures serve as colours where colours are wanted.
    const auto items = settings.items();
    if (images.shape[2] == 1 &&
        std::ranges::find(items, std::pair<std::string, std::string>("data.channels", "3")) != items.end())
        images = in_colours(std::move(images));
    const ImageReference& reference =
        reference_for(settings, {.threads = team_.size()}, images.count(), images.shape, target);
    const std::vector<std::int32_t> labels = labels_for(images, target);
    results_.push_back({{.source = target}, reference.score(images.values, labels, team_)});
}

}  // namespace mf
