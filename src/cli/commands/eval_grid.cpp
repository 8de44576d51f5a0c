// SPDX-License-Identifier: MIT
#include "cli/commands/eval_grid.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "cli/drawing.hpp"
#include "cli/json.hpp"
#include "cli/screen.hpp"
#include "core/error.hpp"
#include "figures/grid_figure.hpp"
#include "generate/sample_file.hpp"
#include "judge/generated.hpp"
#include "judge/grid_search.hpp"

namespace mf::cli {
namespace {

constexpr std::int64_t kUsualCount = 50000;

double fid_of(const GridResult& result) { return result.numbers.at("fid"); }

void check_options(const Invocation& invocation) {
    check_usage(invocation.words.size() == 1, "--grid is for one network, got {}", invocation.words.size());
    const std::string& target = invocation.words[0];
    check_usage(!is_sample_file(target) && !is_picture_folder(target),
                "--grid is for a network; {} holds samples", target);
    check_usage(invocation.options.integers("--steps").size() <= 1,
                "--grid: several numbers of steps are steps=1,2 in it");
    refuse_options(invocation, {"--save-stats"}, "is for one evaluation, not for a grid");
    const std::string state = invocation.options.text("--state");
    check_usage(state == "auto" || state == "none", "--state {} is for one evaluation, not for a grid",
                state);
}

Json json_of(const GridResult& result) {
    std::vector<Json::Member> members;
    if (result.cell.omega) members.emplace_back("omega", *result.cell.omega);
    if (result.cell.interval) members.emplace_back("t_min", result.cell.interval->first);
    if (result.cell.interval) members.emplace_back("t_max", result.cell.interval->second);
    members.emplace_back("steps", result.cell.steps);
    for (const auto& [name, value] : result.numbers) members.emplace_back(name, value);
    return Json::object(members);
}

void print_grid(const std::vector<GridResult>& results, const InceptionEval& eval, bool as_json) {
    const GridResult& best = *std::ranges::min_element(results, {}, fid_of);
    if (as_json) {
        std::vector<Json> cells;
        for (const GridResult& result : results) cells.push_back(json_of(result));
        fmt::print("{}\n", Json::object({{"cells", Json::array(cells)},
                                         {"best", json_of(best)},
                                         {"fid_variant", eval.variant()},
                                         {"reference", eval.reference_text()}})
                               .text());
        return;
    }
    std::vector<std::vector<std::string>> rows = {{"guidance", "FID", "IS", "precision", "recall"}};
    for (const GridResult& result : results) {
        const auto number = [&](const char* name, int digits) {
            const auto found = result.numbers.find(name);
            return found == result.numbers.end() ? std::string("-")
                                                 : fmt::format("{:.{}f}", found->second, digits);
        };
        rows.push_back({result.cell.text(), number("fid", 4), number("inception_score", 2),
                        number("precision", 4), number("recall", 4)});
    }
    fmt::print("{}best: {}\nFID as {} has it, against {}\n", text_table(rows), best.cell.text(),
               eval.variant(), eval.reference_text());
}

}  // namespace

bool search_grid(const Invocation& invocation, InceptionEval& eval, const EvalRequest& request, Team& team) {
    check_options(invocation);
    const std::string& target = invocation.words[0];
    const int steps = request.steps.empty() ? 1 : static_cast<int>(request.steps[0]);
    const std::vector<GridCell> cells = grid_cells(grid_axes(invocation.options.text("--grid")), steps);
    const std::filesystem::path folder = invocation.options.text("--out");
    GridLog log(folder);
    const LoadedModel loaded = open_for_evaluation(target, request, team);
    SampleRequest sampling = request.sampling;
    sampling.count = request.count == 0 ? kUsualCount : request.count;
    const std::string print = eval.print_of(loaded, target, sampling);
    std::vector<GridResult> results;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        std::optional<GridResult> result = log.find(cells[i], print);
        tell(request.progress, fmt::format("cell {} of {}: {}{}", i + 1, cells.size(), cells[i].text(),
                                           result ? ", known" : ""));
        if (!result) {
            if (!eval.add_model(loaded, target, at_cell(sampling, cells[i]))) return false;
            result = GridResult{cells[i], {}};
            for (const auto& [name, value] : named(eval.results().back())) result->numbers[name] = value;
            check_usage(result->numbers.contains("fid"),
                        "--grid: there is nothing to compare with; give --ref");
            log.add(*result, print);
            eval.remove_states();
        }
        results.push_back(std::move(*result));
    }
    print_grid(results, eval, invocation.json());
    draw_or_remark(grid_figure(results, fmt::format("{}, {} samples a cell, FID as {} has it", target,
                                                    sampling.count, eval.variant())),
                   folder / "grid", !invocation.json() && !invocation.quiet());
    return true;
}

}  // namespace mf::cli
