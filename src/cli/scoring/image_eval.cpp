// SPDX-License-Identifier: MIT
#include "cli/scoring/image_eval.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "cli/json.hpp"
#include "cli/sample_file.hpp"
#include "cli/sampling.hpp"
#include "cli/scoring/image_report.hpp"
#include "cli/screen.hpp"
#include "core/error.hpp"
#include "metrics/inception_score.hpp"
#include "train/config.hpp"
#include "train/judge.hpp"
#include "train/make_model.hpp"
#include "train/plain_weights.hpp"
#include "train/run_folder.hpp"

namespace mf::cli {
namespace {

namespace fs = std::filesystem;

bool is_sample_file(const std::string& target) {
    const std::string ending = fs::path(target).extension().string();
    return ending == ".npz" || ending == ".npy";
}

/// One row of the result.
struct Result {
    std::string source, weights;
    std::int64_t trained = -1;  ///< training steps; -1: unknown
    int steps = 0;              ///< sampler steps; 0: unknown
    ImageScores scores;
};

/// The judge, and the real images of the data set that the last target was about.
class Bench {
  public:
    explicit Bench(const Invocation& invocation) : invocation_(invocation), team_(invocation.threads()) {
        if (const std::string& path = invocation.options.text("--judge"); !path.empty())
            judge_.emplace(load_judge(path, team_));
    }

    void add(const std::string& target) { is_sample_file(target) ? add_file(target) : add_model(target); }

    void print() const;

  private:
    /// Makes the real images ready, once for targets of one data set.
    const ImageReference& reference_for(const Settings& settings, std::int64_t count, const Shape& shape,
                                        const std::string& what) {
        std::string key = std::to_string(count);
        for (const auto& [name, value] : settings.items())
            if (name.starts_with("data.")) key += " " + name + "=" + value;
        if (key == key_) return *reference_;
        const std::unique_ptr<Dataset> data = make_dataset(settings);
        const ImageDataset* images = data->images();
        check_usage(images != nullptr && data->sample_shape() == shape,
                    "{}: has samples of shape {}; data.name={} has {}", what, shape,
                    settings.text("data.name"), data->sample_shape());
        if (judge_)
            check_fits(*judge_, kind_of(*data), images->class_names(),
                       "data.name=" + settings.text("data.name"));
        reference_ = std::make_unique<ImageReference>(*images, judge_ ? judge_->classifier.get() : nullptr,
                                                      count, team_);
        key_ = key;
        floors_.push_back({fmt::format("floor: {} itself", settings.text("data.name")), "", -1, 0,
                           reference_->floor(team_)});
        return *reference_;
    }

    /// The settings of a run with data.* overrides on top.
    Settings with_overrides(Settings settings) const {
        for (const std::string& word : invocation_.overrides) {
            const ConfigItem item = parse_override(word);
            check_usage(item.key.starts_with("data.") && item.key != "data.name",
                        "eval: '{}': of a run, only where its data lie can be said here: data.path=...",
                        word);
            settings.set(item.key, item.value);
        }
        return settings;
    }

    void add_model(const std::string& target);
    void add_file(const std::string& target);

    const Invocation& invocation_;
    Team team_;
    std::optional<Judge> judge_;
    std::unique_ptr<ImageReference> reference_;
    std::string key_;
    std::vector<Result> results_, floors_;
};

std::int64_t count_of(const Invocation& invocation) {
    const std::int64_t count = invocation.options.integer("--count");
    return count == 0 ? 2000 : count;
}

void Bench::add_model(const std::string& target) {
    const LoadedModel loaded = open_model(target, invocation_, team_);
    check_usage(loaded.sample.shape.rank() == 3,
                "{}: has samples of shape {}, expected images like the others", target, loaded.sample.shape);
    const std::int64_t count = count_of(invocation_);
    if (judge_) check_fits(*judge_, loaded.sample, loaded.class_names, target);
    const ImageReference& reference =
        reference_for(with_overrides(loaded.settings), count, loaded.sample.shape, target);
    SampleRequest request = request_of(invocation_);
    request.count = count;
    request.guidance = guidance_of(invocation_.options);
    std::vector<std::int32_t> labels;
    if (request.guidance.labels != "none")
        labels = labels_of(loaded, request.guidance.labels, request.seed, count);
    std::vector<std::int64_t> steps = invocation_.options.integers("--steps");
    if (steps.empty()) steps = {1};
    for (const std::int64_t n : steps) {
        request.steps = static_cast<int>(n);
        remark(invocation_.quiet() || invocation_.json(),
               fmt::format("{}: {} images in {} step{}", target, count, n, n == 1 ? "" : "s"));
        const Samples samples = draw_samples(loaded, request, team_);
        results_.push_back({target, loaded.weights, loaded.step, request.steps,
                            reference.score(samples.values, labels, team_)});
    }
}

void Bench::add_file(const std::string& target) {
    std::vector<ConfigItem> items;
    for (const std::string& word : invocation_.overrides) items.push_back(parse_override(word));
    const Tensor images = read_samples(target);
    const Shape& shape = images.shape();
    check_usage(shape.rank() == 4, "{}: expected images of shape (n, height, width, channels), got {}",
                target, shape);
    const ImageReference& reference =
        reference_for(resolve(items), shape[0], {shape[1], shape[2], shape[3]}, target);
    results_.push_back({target, "", -1, 0, reference.score(images.floats(), {}, team_)});
}

Json json_of(const Result& result) {
    std::vector<Json::Member> members = {{"source", result.source}};
    if (result.steps > 0) {
        members.emplace_back("weights", result.weights);
        members.emplace_back("trained_steps", result.trained);
        members.emplace_back("steps", result.steps);
    }
    const auto scores = named(result.scores);
    for (const auto& [name, value] : scores) members.emplace_back(name, value);
    members.emplace_back("n", result.scores.n);
    return Json::object(members);
}

Json json_of(const std::vector<Result>& results) {
    std::vector<Json> rows;
    for (const Result& result : results) rows.push_back(json_of(result));
    return Json::array(rows);
}

void Bench::print() const {
    if (invocation_.json()) {
        const Json judge = judge_ ? Json::object({{"file", judge_->path.string()},
                                                  {"accuracy", judge_->accuracy},
                                                  {"held", judge_->held}})
                                  : Json();
        fmt::print(
            "{}\n",
            Json::object({{"results", json_of(results_)}, {"floors", json_of(floors_)}, {"judge", judge}})
                .text());
        return;
    }
    std::vector<std::vector<std::string>> rows = {
        image_score_header({"source", "weights", "trained", "steps"})};
    for (const auto* results : {&results_, &floors_})
        for (const Result& result : *results)
            rows.push_back(image_score_row({result.source, result.weights.empty() ? "-" : result.weights,
                                            result.trained < 0 ? "-" : std::to_string(result.trained),
                                            result.steps == 0 ? "-" : std::to_string(result.steps)},
                                           result.scores));
    fmt::print("{}", text_table(rows));
    if (judge_)
        fmt::print(
            "* in the features of {} (right on {:.2f} % of {}), not of the Inception network: not the "
            "published FID\n",
            judge_->path.string(), 100 * judge_->accuracy, judge_->held);
}

/// The array `features`, (n, d), as f32.
Tensor read_features(const std::string& path, const std::string& name, bool needed) {
    const std::map<std::string, Tensor> arrays = read_arrays(path);
    const auto found = arrays.find(name);
    if (found == arrays.end()) {
        if (needed)
            throw Error(
                fmt::format("{}: has no array '{}'", path, name),
                "features are an .npz with an array features (n, d) and, if you like, logits (n, classes)");
        return {};
    }
    check(found->second.shape().rank() == 2, "{}: {} is {}, expected two dimensions", path, name,
          found->second.shape());
    return as_floats(found->second, path);
}

MatrixView view_of(const Tensor& x) { return {x.f32(), x.rows(), x.cols()}; }

}  // namespace

bool is_about_images(const std::string& target) {
    if (is_sample_file(target)) return read_samples(target).shape().rank() == 4;
    if (fs::is_regular_file(target) && holds_plain_weights(target)) {
        const auto words = read_safetensors_header(target).metadata;
        return !words.contains("sample_shape") || split_list(words.at("sample_shape")).size() == 3;
    }
    std::vector<std::string> remarks;
    const Checkpoint checkpoint = find_checkpoint(target, -1, remarks);
    const auto shape = checkpoint.file.metadata.find("sample_shape");
    return shape != checkpoint.file.metadata.end() && split_list(shape->second).size() == 3;
}

int eval_images(const Invocation& invocation) {
    Bench bench(invocation);
    for (const std::string& target : invocation.words) bench.add(target);
    bench.print();
    return 0;
}

int eval_features(const Invocation& invocation) {
    check_usage(invocation.words.size() == 2, "--features wants two files: generated.npz real.npz");
    Team team(invocation.threads());
    const Tensor generated = read_features(invocation.words[0], "features", true),
                 real = read_features(invocation.words[1], "features", true),
                 logits = read_features(invocation.words[0], "logits", false);
    const FeatureScores scores = score_features(view_of(generated), view_of(real), team);
    std::vector<std::pair<std::string, double>> values = {
        {"fid", scores.fid}, {"kid", scores.kid}, {"precision", scores.precision}, {"recall", scores.recall}};
    if (!logits.empty()) values.emplace_back("class_score", inception_score(view_of(logits), 1).mean);
    std::vector<Json::Member> members;
    std::vector<std::vector<std::string>> rows(2);
    for (const auto& [name, value] : values) {
        members.emplace_back(name, value);
        rows[0].push_back(name);
        rows[1].push_back(fmt::format("{:.5g}", value));
    }
    members.emplace_back("generated", generated.rows());
    members.emplace_back("real", real.rows());
    fmt::print("{}", invocation.json() ? Json::object(members).text() + "\n" : text_table(rows));
    return 0;
}

}  // namespace mf::cli
