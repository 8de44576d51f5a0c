// SPDX-License-Identifier: MIT
// meanflow plot: figures of one run, or of several as rows.
#include <filesystem>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/json.hpp"
#include "cli/run_figures.hpp"
#include "core/error.hpp"
#include "train/run_folder.hpp"

namespace mf::cli {
namespace {

namespace fs = std::filesystem;

/// "runs/imf" and "imf=runs/7": a row's name is the folder's unless it is given.
RunRow row_of(const std::string& word, const std::string& weights) {
    const std::size_t equals = word.find('=');
    if (equals != std::string::npos && !fs::exists(word))
        return {word.substr(0, equals), word.substr(equals + 1), weights};
    fs::path path = word;
    if (!path.has_filename()) path = path.parent_path();
    return {path.stem().string(), path, weights};
}

/// What `all` makes of these runs.
std::vector<std::string> all_figures(std::size_t runs) {
    if (runs == 1) return {"pair", "cloud", "evolution", "stages", "loss"};
    return {"pair", "compare", "evolution", "stages", "losses"};
}

std::vector<plot::Format> formats_of(const Invocation& invocation) {
    std::vector<plot::Format> out;
    for (const std::string& word : invocation.options.texts("--format"))
        out.push_back(word == "png" ? plot::Format::png : plot::Format::svg);
    return out;
}

int run(const Invocation& invocation) {
    Team team(invocation.threads());
    FigureRequest request;
    for (const std::string& word : invocation.words)
        request.rows.push_back(row_of(word, invocation.options.text("--weights")));
    request.steps = invocation.options.integers("--steps");
    request.sampling = request_of(invocation);
    request.count = invocation.options.integer("--count");
    request.checkpoint = invocation.options.integer("--step");

    fs::path folder = invocation.options.text("--out");
    if (folder.empty())
        folder = request.rows.size() == 1 && is_run(request.rows[0].target)
                     ? request.rows[0].target / "figures"
                     : "figures";
    std::vector<std::string> names = invocation.options.texts("--figure");
    const bool all = names.size() == 1 && names[0] == "all";
    if (all) names = all_figures(request.rows.size());

    std::vector<Json> files;
    for (const std::string& name : names)
        for (const fs::path& path :
             plot::draw(make_figure(name, request, team), folder / name, formats_of(invocation))) {
            files.emplace_back(path.string());
            if (!invocation.json() && !invocation.quiet()) fmt::print("{}\n", path.string());
        }
    if (invocation.json()) fmt::print("{}\n", Json::object({{"files", Json::array(files)}}).text());
    return 0;
}

}  // namespace

Command plot_command() {
    std::vector<std::string> choices = figure_names();
    choices.emplace_back("all");
    Command out;
    out.name = "plot";
    out.summary = "figures of a run, or of several as rows";
    out.usage = "RUN|NAME=RUN ... [--figure NAME,...|all] [--out FOLDER]";
    out.example =
        "  meanflow plot runs/fm runs/mf runs/imf --figure compare --steps 1,10,100,500\n"
        "  meanflow plot ours=runs/imf-3 --figure all --out pictures";
    out.options = {
        {.key = "--figure",
         .kind = OptionKind::texts,
         .initial = "all",
         .help = "which figures",
         .choices = choices},
        {"--out", OptionKind::text, "",
         "folder for the pictures; RUN/figures or figures when it is not given"},
        {.key = "--format",
         .kind = OptionKind::texts,
         .initial = "png,svg",
         .help = "kinds of picture",
         .choices = {"png", "svg"}},
        {"--steps", OptionKind::integers, "",
         "numbers of sampler steps; every figure has its own when not given", 1, 100000},
        {"--count", OptionKind::integer, "2000", "points in a panel", 2, 1e7},
    };
    for (Option& option : sampling_options()) out.options.push_back(std::move(option));
    out.has_results = true;
    out.least_words = 1;
    out.most_words = 100;
    out.run = run;
    return out;
}

}  // namespace mf::cli
