// SPDX-License-Identifier: MIT
// meanflow eval: how well samples match the data.
#include <filesystem>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/json.hpp"
#include "cli/sample_file.hpp"
#include "cli/sampling.hpp"
#include "cli/scoring/image_eval.hpp"
#include "cli/scoring/scores.hpp"
#include "cli/screen.hpp"
#include "core/error.hpp"
#include "metrics/points.hpp"
#include "train/config.hpp"
#include "train/make_model.hpp"

namespace mf::cli {
namespace {

/// One row of the result.
struct Result {
    std::string source, weights;
    std::int64_t trained = -1;  ///< training steps; -1: unknown
    int steps = 0;              ///< sampler steps; 0: unknown
    PointScores scores;
};

Result eval_file(const std::string& path, const Invocation& invocation, Team& team) {
    std::vector<ConfigItem> items;
    for (const std::string& word : invocation.overrides) items.push_back(parse_override(word));
    const std::unique_ptr<Dataset> data = make_dataset(resolve(items));
    const std::vector<float> points = read_points(path);
    return {path, "", -1, 0,
            score_points(as_rows(points, 2), points_of(*data, "eval"), invocation.seed(), team)};
}

void eval_model(std::vector<Result>& out, const std::string& target, const Invocation& invocation,
                Team& team) {
    const LoadedModel loaded = open_model(target, invocation, team);
    const PointDataset& data = points_of(*loaded.data, "eval");
    SampleRequest request = request_of(invocation);
    const std::int64_t count = invocation.options.integer("--count");
    request.count = count == 0 ? 20000 : count;
    std::vector<std::int64_t> counts = invocation.options.integers("--steps");
    if (counts.empty()) counts = {1, 2, 4, 8, 100};
    for (const std::int64_t steps : counts) {
        request.steps = static_cast<int>(steps);
        const Samples samples = draw_samples(loaded, request, team);
        out.push_back({target, loaded.weights, loaded.step, request.steps,
                       score_points(as_rows(samples.values, 2), data, invocation.seed(), team)});
    }
}

std::string json_of(const std::vector<Result>& results) {
    std::vector<Json> rows;
    for (const Result& result : results) {
        std::vector<Json::Member> members = {{"source", result.source}};
        if (result.steps > 0) {
            members.emplace_back("weights", result.weights);
            members.emplace_back("trained_steps", result.trained);
            members.emplace_back("steps", result.steps);
        }
        const auto scores = named(result.scores);
        for (const auto& [name, value] : scores) members.emplace_back(name, value);
        members.emplace_back("n", result.scores.n);
        rows.push_back(Json::object(members));
    }
    return Json::object({{"results", Json::array(rows)}}).text();
}

std::string table_of(const std::vector<Result>& results) {
    std::vector<std::vector<std::string>> rows = {score_header({"source", "weights", "trained", "steps"})};
    for (const Result& result : results)
        rows.push_back(score_row({result.source, result.weights.empty() ? "-" : result.weights,
                                  result.trained < 0 ? "-" : std::to_string(result.trained),
                                  result.steps == 0 ? "-" : std::to_string(result.steps)},
                                 result.scores));
    return text_table(rows);
}

int run(const Invocation& invocation) {
    if (invocation.options.flag("--features")) return eval_features(invocation);
    check_usage(invocation.options.integer("--count") != 1,
                "--count 1: one sample says nothing; give 2 or more");
    if (is_about_images(invocation.words[0])) return eval_images(invocation);
    check_usage(invocation.options.text("--judge").empty(), "--judge is for images; {} is about points",
                invocation.words[0]);
    Team team(invocation.threads());
    std::vector<Result> results;
    for (const std::string& target : invocation.words) {
        const std::string ending = std::filesystem::path(target).extension().string();
        if (ending == ".npz" || ending == ".npy")
            results.push_back(eval_file(target, invocation, team));
        else
            eval_model(results, target, invocation, team);
    }
    if (invocation.json())
        fmt::print("{}\n", json_of(results));
    else
        fmt::print("{}", table_of(results));
    return 0;
}

}  // namespace

Command eval_command() {
    Command out;
    out.name = "eval";
    out.summary = "quality numbers of runs, checkpoints or files of samples";
    out.usage =
        "RUN|MODEL|samples.npz ... [--steps 1,2,4,8,100] [--count N] [--judge judge.safetensors] "
        "[data.name=...]";
    out.example =
        "  meanflow eval runs/fm runs/imf --steps 1,2,4,8,100\n"
        "  meanflow eval samples.npz data.name=checkerboard\n"
        "  meanflow eval runs/shapes --judge judge.safetensors --steps 1,50 --omega 2\n"
        "  meanflow eval --features generated.npz real.npz";
    out.options = {
        {"--steps", OptionKind::integers, "",
         "numbers of sampler steps; 1,2,4,8,100 for points and 1 for images when not given", 1, 1000000},
        {"--count", OptionKind::integer, "0",
         "samples drawn from each model; 0: 20000 points, or 2000 images", 0},
        {"--judge", OptionKind::text, "",
         "images: classifier of train-classifier, whose features and classes judge them"},
        {"--features", OptionKind::flag, "false",
         "the two files hold features of generated and of real samples (array features, and logits)"},
    };
    for (Option& option : guidance_options()) out.options.push_back(std::move(option));
    for (Option& option : sampling_options()) out.options.push_back(std::move(option));
    out.has_results = true;
    out.takes_overrides = true;
    out.least_words = 1;
    out.most_words = 1000;
    out.run = run;
    return out;
}

}  // namespace mf::cli
