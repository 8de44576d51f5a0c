// SPDX-License-Identifier: MIT
#include "cli/commands/eval_inception.hpp"

#include <optional>

#include <fmt/format.h>

#include "cli/commands/eval_grid.hpp"
#include "cli/json.hpp"
#include "cli/screen.hpp"
#include "cli/signals.hpp"
#include "core/error.hpp"
#include "judge/grid_search.hpp"
#include "judge/inception_eval.hpp"

namespace mf::cli {
namespace {

std::vector<std::string> variant_names() {
    std::vector<std::string> out = {"auto"};
    for (const FidVariant& variant : fid_variants()) out.push_back(variant.name);
    return out;
}

InceptionRequest inception_request_for(const Invocation& invocation) {
    const Settings& options = invocation.options;
    InceptionRequest out;
    out.inception = options.text("--inception");
    out.reference = options.text("--ref");
    out.variant = options.text("--fid-variant");
    out.crop = options.text("--ref-crop");
    out.reference_count = options.integer("--ref-count");
    out.state = options.text("--state");
    out.save_seconds = options.real("--save-every");
    out.save_statistics = options.text("--save-stats");
    out.network_precision =
        options.text("--inception-precision") == "bf16" ? Precision::bf16 : Precision::f32;
    return out;
}

/// Options that speak of one target alone.
void check_single(const Invocation& invocation) {
    const bool several = invocation.words.size() > 1 || invocation.options.integers("--steps").size() > 1;
    if (!several) return;
    for (const char* key : {"--save-stats"})
        if (invocation.options.was_set(key))
            throw UsageError(fmt::format("{} is for one target and one number of steps", key),
                             "run them one by one");
    const std::string state = invocation.options.text("--state");
    check_usage(state == "auto" || state == "none", "--state {} is for one target and one number of steps",
                state);
}

std::string number(const std::optional<double>& value, int digits) {
    return value ? fmt::format("{:.{}f}", *value, digits) : "-";
}

void print_table(const InceptionEval& eval) {
    std::vector<std::vector<std::string>> rows = {{"source", "weights", "trained", "steps", "FID", "sFID",
                                                   "IS", "KID", "precision", "recall", "images"}};
    for (const InceptionResult& result : eval.results()) {
        const EvalSource& of = result.of;
        const InceptionScores& s = result.scores;
        rows.push_back({of.source, of.weights.empty() ? "-" : of.weights,
                        of.trained < 0 ? "-" : std::to_string(of.trained),
                        of.steps == 0 ? "-" : std::to_string(of.steps),
                        result.has_reference ? fmt::format("{:.4f}", s.fid) : "-", number(s.sfid, 4),
                        fmt::format("{:.2f} ± {:.2f}", s.inception_score.mean, s.inception_score.deviation),
                        number(s.kid, 5), number(s.precision, 4), number(s.recall, 4), std::to_string(s.n)});
    }
    fmt::print("{}", text_table(rows));
    fmt::print("FID as {} has it{}\n", eval.variant(),
               eval.reference_text().empty() ? "" : ", against " + eval.reference_text());
}

Json json_of(const InceptionResult& result) {
    std::vector<Json::Member> members = {{"source", result.of.source}};
    if (result.of.steps > 0) {
        members.emplace_back("weights", result.of.weights);
        members.emplace_back("trained_steps", result.of.trained);
        members.emplace_back("steps", result.of.steps);
    }
    const auto numbers = named(result);
    for (const auto& [name, value] : numbers) members.emplace_back(name, value);
    members.emplace_back("n", result.scores.n);
    return Json::object(members);
}

void print_results(const InceptionEval& eval, bool as_json) {
    if (!as_json) {
        print_table(eval);
        return;
    }
    std::vector<Json> rows;
    for (const InceptionResult& result : eval.results()) rows.push_back(json_of(result));
    fmt::print("{}\n", Json::object({{"results", Json::array(rows)},
                                     {"fid_variant", eval.variant()},
                                     {"reference", eval.reference_text()}})
                           .text());
}

}  // namespace

OptionTable inception_options() {
    return {
        {"--inception", OptionKind::text, "",
         "weights of the FID network (pytorch-fid's names): FID, sFID, IS, KID, precision and recall as "
         "published"},
        {"--ref", OptionKind::text, "",
         "what images are compared with: statistics (.npz with mu and sigma), images (.npz) or a folder of "
         "pictures; not "
         "given: the data set"},
        {.key = "--fid-variant",
         .kind = OptionKind::text,
         .initial = "auto",
         .help = "whose resize and rounding (docs/fid.md); auto: what the statistics say, or imf-jax",
         .choices = variant_names()},
        {.key = "--ref-crop",
         .kind = OptionKind::text,
         .initial = "adm",
         .help = "how pictures of a --ref folder are cut to the size of the judged images; none: not at all",
         .choices = {"adm", "area", "none"}},
        {"--ref-count", OptionKind::integer, "0", "images of the reference; 0: all", 0},
        {"--state", OptionKind::text, "auto",
         "file that a killed evaluation goes on from; auto: beside what is judged; none: nowhere"},
        {"--save-every", OptionKind::real, "60", "seconds between two savings of it", 0},
        {"--save-stats", OptionKind::text, "",
         "writes the statistics of the judged images: a --ref of later"},
        {.key = "--inception-precision",
         .kind = OptionKind::text,
         .initial = "f32",
         .help = "of the FID network; bf16 is faster and moves FID a little",
         .choices = {"f32", "bf16"}},
        {"--grid", OptionKind::text, "",
         "one evaluation for each of 'omega=6,8,10 interval=0.3:0.6,0.4:0.65 steps=1,2'; the best, and the "
         "surface as a "
         "picture"},
        {"--out", OptionKind::text, "grid",
         "folder of --grid: grid.jsonl, from which a search goes on, and the figure"},
    };
}

bool wants_inception(const Invocation& invocation) {
    if (!invocation.options.text("--inception").empty()) return true;
    for (const Option& option : inception_options())
        if (option.key != "--inception" && invocation.options.was_set(option.key))
            throw UsageError(fmt::format("{} is for the published distances", option.key),
                             "--inception FILE names the network that they need");
    return false;
}

int eval_inception(const Invocation& invocation, const EvalRequest& request) {
    check_usage(invocation.options.text("--judge").empty(),
                "--judge and --inception are two ways to judge; take one");
    check_single(invocation);
    StopSignals signals;
    Team team(invocation.threads());
    InceptionRequest inception = inception_request_for(invocation);
    inception.wants_stop = [&] { return signals.pending() != 0; };
    InceptionEval eval(inception, request, team);
    const auto stopped = [&] {
        remark(false, inception.state == "none" ? "stopped; nothing was kept"
                                                : "stopped; the same command goes on from here");
        return 128 + signals.pending();
    };
    if (!invocation.options.text("--grid").empty()) {
        if (!search_grid(invocation, eval, request, team)) return stopped();
        return 0;
    }
    for (const std::string& target : invocation.words)
        if (!eval.add(target)) return stopped();
    print_results(eval, invocation.json());
    eval.remove_states();
    return 0;
}

}  // namespace mf::cli
