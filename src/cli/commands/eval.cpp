// SPDX-License-Identifier: MIT
// meanflow eval: how well samples match the data.
#include <algorithm>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/commands/eval_inception.hpp"
#include "cli/config_items.hpp"
#include "cli/device_option.hpp"
#include "cli/json.hpp"
#include "cli/sampling_options.hpp"
#include "cli/screen.hpp"
#include "cli/vae_options.hpp"
#include "core/error.hpp"
#include "generate/sample_file.hpp"
#include "judge/feature_files.hpp"
#include "judge/generated.hpp"
#include "judge/image_eval.hpp"
#include "judge/image_report.hpp"
#include "judge/point_eval.hpp"
#include "judge/point_report.hpp"

namespace mf::cli {
namespace {

std::vector<std::string> row_names(const EvalSource& of) {
    return {of.source, of.weights.empty() ? "-" : of.weights,
            of.trained < 0 ? "-" : std::to_string(of.trained),
            of.steps == 0 ? "-" : std::to_string(of.steps)};
}

/// `Result` is PointResult or ImageResult.
template <class Result>
Json json_of(const std::vector<Result>& results) {
    std::vector<Json> rows;
    for (const Result& result : results) {
        std::vector<Json::Member> members = {{"source", result.of.source}};
        if (result.of.steps > 0) {
            members.emplace_back("weights", result.of.weights);
            members.emplace_back("trained_steps", result.of.trained);
            members.emplace_back("steps", result.of.steps);
        }
        const auto scores = named(result.scores);
        for (const auto& [name, value] : scores) members.emplace_back(name, value);
        members.emplace_back("n", result.scores.n);
        rows.push_back(Json::object(members));
    }
    return Json::array(rows);
}

const std::vector<std::string> kColumns = {"source", "weights", "trained", "steps"};

EvalRequest eval_request_for(const Invocation& invocation) {
    EvalRequest out;
    out.model = choice_of(invocation);
    out.vae = vae_request_of(invocation);
    out.sampling = request_of(invocation);
    out.sampling.guidance = guidance_of(invocation.options);
    out.steps = invocation.options.integers("--steps");
    out.count = invocation.options.integer("--count");
    for (const std::string& word : invocation.overrides) out.data.push_back(parse_override(word));
    out.remarks = [](const std::string& line) { remark(false, line); };
    out.progress = [silent = invocation.quiet() || invocation.json()](const std::string& line) {
        remark(silent, line);
    };
    return out;
}

/// An error of a score ("[frechet] x: row 3 ...") does not know what it is about.
template <class Function>
void about(const std::string& target, Function function) {
    try {
        function();
    } catch (const UsageError&) {
        throw;
    } catch (const Error& error) {
        if (!std::string_view(error.what()).starts_with("[")) throw;
        throw Error(fmt::format("{}: {}", target, error.what()), error.hint());
    }
}

bool is_sample(const std::string& word) { return is_sample_file(word) || is_picture_folder(word); }

/// Options and keys that nothing of what was named has a use for.
void check_options_act(const Invocation& invocation) {
    const std::initializer_list<const char*> of_models = {
        "--steps",        "--labels", "--omega",     "--interval", "--weights", "--step",       "--solver",
        "--as-published", "--side",   "--precision", "--vae",      "--latents", "--vae-memory", "--device"};
    const bool models = !std::ranges::all_of(invocation.words, is_sample);
    if (invocation.options.flag("--features")) {
        refuse_options(invocation, of_models, "is for networks; with --features nothing is drawn");
        refuse_options(invocation, {"--count"}, "is for samples; of features all rows count");
        refuse_options(invocation, {"--inception", "--ref", "--save-stats"},
                       "makes features; with --features they are there already");
        refuse_options(invocation, {"--judge"}, "makes features; with --features they are there already");
        if (!invocation.overrides.empty())
            throw UsageError(fmt::format("{} has no meaning for files of features", invocation.overrides[0]),
                             "leave it out");
    } else if (!models) {
        refuse_options(invocation, of_models, "is for networks; files of samples are judged as they are");
    }
    data_items(invocation, false);
}

int eval_features(const Invocation& invocation) {
    check_usage(invocation.words.size() == 2, "--features wants two files: generated.npz real.npz");
    Team team(invocation.threads());
    const FeatureFileScores scores = score_feature_files(invocation.words[0], invocation.words[1], team);
    std::vector<Json::Member> members;
    std::vector<std::vector<std::string>> rows(2);
    for (const auto& [name, value] : scores.numbers) {
        members.emplace_back(name, value);
        rows[0].push_back(name);
        rows[1].push_back(fmt::format("{:.5g}", value));
    }
    members.emplace_back("generated", scores.generated);
    members.emplace_back("real", scores.real);
    fmt::print("{}", invocation.json() ? Json::object(members).text() + "\n" : text_table(rows));
    return 0;
}

void print_images(const ImageEval& eval, bool as_json) {
    const std::optional<Judge>& judge = eval.judge();
    if (as_json) {
        const Json about =
            judge
                ? Json::object(
                      {{"file", judge->path.string()}, {"accuracy", judge->accuracy}, {"held", judge->held}})
                : Json();
        fmt::print("{}\n", Json::object({{"results", json_of(eval.results())},
                                         {"floors", json_of(eval.floors())},
                                         {"judge", about}})
                               .text());
        return;
    }
    std::vector<std::vector<std::string>> rows = {image_score_header(kColumns)};
    for (const auto* results : {&eval.results(), &eval.floors()})
        for (const ImageResult& result : *results)
            rows.push_back(image_score_row(row_names(result.of), result.scores));
    fmt::print("{}", text_table(rows));
    if (judge)
        fmt::print(
            "* in the features of {} (right on {:.2f} % of {}), not of the Inception network: not the "
            "published FID\n",
            judge->path.string(), 100 * judge->accuracy, judge->held);
}

/// What judges, and what has to be taken apart or put together by convolutions.
void say_where(const Invocation& invocation) {
    const Settings& options = invocation.options;
    const char* judge = !options.text("--inception").empty() ? "the FID network, "
                        : !options.text("--judge").empty()   ? "the judge, "
                                                             : "";
    const char* vae = options.text("--vae").empty() ? "" : "the autoencoder, ";
    remark_on_cpu_parts(invocation,
                        fmt::format("the network draws samples there; {}{}scores are computed", vae, judge));
}

int eval_images(const Invocation& invocation) {
    Team team(invocation.threads());
    ImageEval eval(invocation.options.text("--judge"), eval_request_for(invocation), team);
    for (const std::string& target : invocation.words) about(target, [&] { eval.add(target); });
    print_images(eval, invocation.json());
    return 0;
}

int run_eval(const Invocation& invocation) {
    check_options_act(invocation);
    if (invocation.options.flag("--features")) return eval_features(invocation);
    check_usage(invocation.options.integer("--count") != 1,
                "--count 1: one sample says nothing; give 2 or more");
    const bool inception = wants_inception(invocation);
    say_where(invocation);
    if (inception) return eval_inception(invocation, eval_request_for(invocation));
    if (is_about_images(invocation.words[0])) return eval_images(invocation);
    if (std::ranges::all_of(invocation.words, is_sample))
        refuse_options(invocation, {"--count"},
                       "is for networks and images; of a file of points all are judged");
    if (!invocation.overrides.empty() && std::ranges::none_of(invocation.words, is_sample))
        throw UsageError(fmt::format("{}: a run of points knows its data", invocation.overrides[0]),
                         "leave it out; it is for files of samples");
    check_usage(invocation.options.text("--judge").empty(), "--judge is for images; {} is about points",
                invocation.words[0]);
    Team team(invocation.threads());
    const EvalRequest request = eval_request_for(invocation);
    std::vector<PointResult> results;
    for (const std::string& target : invocation.words)
        about(target, [&] {
            for (PointResult& result : eval_points(target, request, team))
                results.push_back(std::move(result));
        });
    if (invocation.json()) {
        fmt::print("{}\n", Json::object({{"results", json_of(results)}}).text());
        return 0;
    }
    std::vector<std::vector<std::string>> rows = {score_header(kColumns)};
    for (const PointResult& result : results) rows.push_back(score_row(row_names(result.of), result.scores));
    fmt::print("{}", text_table(rows));
    return 0;
}

}  // namespace

Command eval_command() {
    Command out;
    out.name = "eval";
    out.summary = "quality numbers of runs, checkpoints or files of samples";
    out.usage =
        "RUN|MODEL|samples.npz ... [--steps 1,2,4,8,100] [--count N] [--judge judge.safetensors] "
        "[--inception FILE --ref STATS.npz|FOLDER] [data.name=...]";
    out.example =
        "  meanflow eval runs/fm runs/imf --steps 1,2,4,8,100\n"
        "  meanflow eval samples.npz data.name=checkerboard\n"
        "  meanflow eval runs/shapes --judge judge.safetensors --steps 1,50 --omega 2\n"
        "  meanflow eval imf_b2.safetensors --vae sd_vae.safetensors --inception inception.safetensors --ref "
        "stats.npz\n"
        "  meanflow eval --features generated.npz real.npz";
    out.options = {
        {"--steps", OptionKind::integers, "",
         "numbers of sampler steps; 1,2,4,8,100 for points and 1 for images when not given", 1, 1000000},
        {"--count", OptionKind::integer, "0",
         "samples drawn from each model; 0: 20000 points, 2000 images, or 50000 with --inception", 0},
        {"--judge", OptionKind::text, "",
         "images: classifier of train-classifier, whose features and classes judge them"},
        {"--features", OptionKind::flag, "false",
         "the two files hold features of generated and of real samples (array features, and logits)"},
    };
    for (Option& option : inception_options()) out.options.push_back(std::move(option));
    for (Option& option : guidance_options()) out.options.push_back(std::move(option));
    for (Option& option : vae_options()) out.options.push_back(std::move(option));
    for (Option& option : sampling_options()) out.options.push_back(std::move(option));
    out.has_results = true;
    out.takes_device = true;
    out.takes_overrides = true;
    out.least_words = 1;
    out.most_words = 1000;
    out.run = run_eval;
    return out;
}

}  // namespace mf::cli
