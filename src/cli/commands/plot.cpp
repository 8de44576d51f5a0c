// SPDX-License-Identifier: MIT
// meanflow plot: figures of one run, or of several as rows.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/commands/commands.hpp"
#include "cli/json.hpp"
#include "cli/sampling_options.hpp"
#include "cli/screen.hpp"
#include "core/error.hpp"
#include "figures/diagnostics_figure.hpp"
#include "figures/image_figures.hpp"
#include "figures/run_figures.hpp"
#include "figures/scores_figure.hpp"
#include "generate/guidance.hpp"
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

/// Curves over training: the same for all kinds of samples.
bool is_curve(const std::string& name) {
    return name == "loss" || name == "losses" || name == "diagnostics" || name == "scores";
}

bool is_of_images(const std::string& name) {
    return std::ranges::find(image_figure_names(), name) != image_figure_names().end();
}

/// What `all` makes of these runs.
std::vector<std::string> all_figures(const FigureRequest& request, bool images, Team& team) {
    const bool runs = std::ranges::all_of(request.rows, [](const RunRow& row) { return is_run(row.target); });
    const bool one = request.rows.size() == 1;
    std::vector<std::string> out;
    if (images) {
        const LoadedModel first = open_row(request.rows[0], request.checkpoint, team);
        out = {"sheet", "steps", "interpolate"};
        const GuidanceKind kind = guidance_ability(first).kind;
        if (kind == GuidanceKind::inputs || kind == GuidanceKind::second_pass)
            out.insert(out.begin(), "guidance");
        if (runs) out.emplace_back("evolution");
    } else {
        out = {"pair", one ? "cloud" : "compare", "evolution", "stages"};
    }
    if (runs || !images) out.emplace_back(one ? "loss" : "losses");
    if (has_scores(request)) out.emplace_back("scores");
    if (has_diagnostics(request)) out.emplace_back("diagnostics");
    return out;
}

/// What a figure does with the options that are not about all of them.
struct FigureOptions {
    const char* name;
    bool images;
    std::vector<const char*> options;
};

const std::vector<FigureOptions>& figure_options() {
    static const std::vector<FigureOptions> all = [] {
        const std::vector<const char*> drawn = {"--steps",        "--count",     "--solver",
                                                "--as-published", "--precision", "--step",
                                                "--weights",      "--side",      "--device"};
        std::vector<const char*> stages = drawn, pictures = drawn;
        std::erase_if(stages, [](const std::string& key) { return key == "--step"; });
        for (const char* key : {"--labels", "--omega", "--interval", "--zoom"}) pictures.push_back(key);
        std::vector<const char*> course = pictures;
        std::erase_if(course, [](const std::string& key) { return key == "--step"; });
        return std::vector<FigureOptions>{
            {"pair", false, {"--count"}}, {"cloud", false, drawn},     {"compare", false, drawn},
            {"mf-forward", false, drawn}, {"evolution", false, drawn}, {"stages", false, stages},
            {"guidance", true, pictures}, {"steps", true, pictures},   {"interpolate", true, pictures},
            {"evolution", true, course},
        };
    }();
    return all;
}

/// UsageError when none of the figures has a use for an option that was given.
void check_options_act(const std::vector<std::string>& names, bool images, const Invocation& invocation) {
    for (const char* key :
         {"--steps", "--count", "--solver", "--as-published", "--precision", "--step", "--weights", "--side",
          "--device", "--labels", "--omega", "--interval", "--zoom"}) {
        if (!invocation.options.was_set(key)) continue;
        bool used = false;
        std::vector<std::string> users;
        for (const FigureOptions& figure : figure_options()) {
            if (std::ranges::find(figure.options, std::string(key)) == figure.options.end()) continue;
            if (figure.images == images || is_curve(names[0]))
                users.push_back(fmt::format("{}{}", figure.name, figure.images ? " (images)" : ""));
            used = used || (figure.images == images && std::ranges::find(names, figure.name) != names.end());
        }
        if (!used)
            throw UsageError(fmt::format("{} has no meaning for figure {}", key, fmt::join(names, ", ")),
                             users.empty() ? fmt::format("it is for {}", images ? "points" : "images")
                                           : fmt::format("it is for {}", fmt::join(users, ", ")));
    }
}

std::vector<plot::Format> formats_of(const Invocation& invocation) {
    std::vector<plot::Format> out;
    for (const std::string& word : invocation.options.texts("--format"))
        out.push_back(word == "png" ? plot::Format::png : plot::Format::svg);
    return out;
}

FigureRequest request_for(const Invocation& invocation) {
    FigureRequest out;
    out.remarks = [](const std::string& line) { remark(false, line); };
    for (const std::string& word : invocation.words)
        out.rows.push_back(row_of(word, invocation.options.text("--weights")));
    for (RunRow& row : out.rows) {
        row.side = invocation.options.integer("--side");
        row.precision = precision_of(invocation);
        row.precision_asked_for = invocation.options.was_set("--precision");
        row.device = invocation.device();
    }
    out.steps = invocation.options.integers("--steps");
    out.sampling = request_of(invocation);
    out.count = invocation.options.integer("--count");
    out.checkpoint = invocation.options.integer("--step");
    return out;
}

ImageFigureRequest image_request_for(const Invocation& invocation, const FigureRequest& runs) {
    const Settings& options = invocation.options;
    ImageFigureRequest out;
    out.runs = runs;
    out.labels = labels_in(options);
    out.omega = options.reals("--omega");
    out.intervals = options.reals("--interval");
    bool pairs = out.intervals.size() % 2 == 0;
    for (std::size_t i = 0; i + 1 < out.intervals.size(); i += 2)
        pairs = pairs && out.intervals[i] <= out.intervals[i + 1];
    if (!pairs)
        throw UsageError("--interval wants pairs of times, the smaller first",
                         "for example --interval 0,1,0.2,0.8 for two intervals");
    if (options.was_set("--count")) out.pictures = options.integer("--count");
    for (const char* key : {"--labels", "--omega", "--interval", "--steps", "--solver", "--weights"})
        out.sampling_given = out.sampling_given || options.was_set(key);
    out.sampling_given = out.sampling_given || options.was_set("--seed");
    return out;
}

/// The command as it was typed, with what decides about the picture.
std::string words_of(const Invocation& invocation, const std::string& figure) {
    std::string out = "meanflow plot";
    for (const std::string& word : invocation.words) out += " " + word;
    out += fmt::format(" --figure {} --seed {}", figure, invocation.seed());
    for (const auto& [key, value] : invocation.options.items())
        if (invocation.options.was_set(key) && key != "--figure" && key != "--seed" && key != "--out")
            out += fmt::format(" {} {}", key, value);
    return out;
}

fs::path draw_image_figure(const std::string& name, const Invocation& invocation, const FigureRequest& runs,
                           const fs::path& folder, Team& team) {
    const std::vector<std::string> formats = invocation.options.texts("--format");
    check_usage(std::ranges::find(formats, "png") != formats.end(),
                "figure {} is made of pictures, and a PNG: --format png", name);
    ImageFigure figure = make_image_figure(name, image_request_for(invocation, runs), team);
    figure.grid.zoom = static_cast<std::size_t>(invocation.options.integer("--zoom"));
    figure.text["Description"] = words_of(invocation, name);
    std::error_code error;
    fs::create_directories(folder, error);
    check(!error, "{}: the folder cannot be made: {}", folder.string(), error.message());
    fs::path path = folder / (name + ".png");
    write_png(path, plot::draw_picture_grid(figure.grid), figure.text);
    return path;
}

std::vector<fs::path> draw_named(const std::string& name, bool images, const Invocation& invocation,
                                 const FigureRequest& request, const fs::path& folder, Team& team) {
    if (images && is_of_images(name)) return {draw_image_figure(name, invocation, request, folder, team)};
    if (images && !is_curve(name))
        throw UsageError(fmt::format("figure {} is for points in the plane; this run draws images", name),
                         fmt::format("its figures are {}, loss, losses, scores and diagnostics",
                                     fmt::join(image_figure_names(), ", ")));
    if (!images && is_of_images(name) && name != "evolution")
        throw UsageError(fmt::format("figure {} is for runs that draw images; this one draws points", name),
                         "compare shows points at several numbers of steps");
    return plot::draw(make_figure(name, request, team), folder / name, formats_of(invocation));
}

int run_plot(const Invocation& invocation) {
    Team team(invocation.threads());
    const FigureRequest request = request_for(invocation);
    fs::path folder = invocation.options.text("--out");
    if (folder.empty())
        folder = request.rows.size() == 1 && is_run(request.rows[0].target)
                     ? request.rows[0].target / "figures"
                     : "figures";
    std::vector<std::string> names = invocation.options.texts("--figure");
    // Curves need no network, so none is opened for them alone.
    const bool images = !std::ranges::all_of(names, is_curve) && draws_images(request, team);
    if (names.size() == 1 && names[0] == "all") names = all_figures(request, images, team);

    check_options_act(names, images, invocation);
    if (images && invocation.options.was_set("--format") && std::ranges::any_of(names, is_of_images)) {
        const std::vector<std::string> formats = invocation.options.texts("--format");
        if (std::ranges::find(formats, "svg") != formats.end())
            remark(invocation.quiet(), "--format svg: figures made of pictures are PNG alone");
    }

    std::vector<Json> files;
    for (const std::string& name : names)
        for (const fs::path& path : draw_named(name, images, invocation, request, folder, team)) {
            files.emplace_back(path.string());
            if (!invocation.json() && !invocation.quiet()) fmt::print("{}\n", path.string());
        }
    if (invocation.json()) fmt::print("{}\n", Json::object({{"files", Json::array(files)}}).text());
    return 0;
}

/// Those of points, those of images and `all`, each once.
std::vector<std::string> all_names() {
    std::vector<std::string> out = figure_names();
    for (const std::string& name : image_figure_names())
        if (std::ranges::find(out, name) == out.end()) out.push_back(name);
    out.emplace_back("all");
    return out;
}

}  // namespace

Command plot_command() {
    Command out;
    out.name = "plot";
    out.summary = "figures of a run, or of several as rows";
    out.usage = "RUN|NAME=RUN ... [--figure NAME,...|all] [--out FOLDER]";
    out.example =
        "  meanflow plot runs/fm runs/mf runs/imf --figure compare --steps 1,10,100,500\n"
        "  meanflow plot ours=runs/imf-3 --figure all --out pictures\n"
        "  meanflow plot runs/cifar10 --figure guidance --omega 1,2,4 --interval 0,1,0.2,0.8";
    out.options = {
        {.key = "--figure",
         .kind = OptionKind::texts,
         .initial = "all",
         .help = "which figures",
         .choices = all_names()},
        {"--out", OptionKind::text, "",
         "folder for the pictures; RUN/figures or figures when it is not given"},
        {.key = "--format",
         .kind = OptionKind::texts,
         .initial = "png,svg",
         .help = "kinds of picture",
         .choices = {"png", "svg"}},
        {"--steps", OptionKind::integers, "",
         "numbers of sampler steps; every figure has its own when not given", 1, 100000},
        {"--count", OptionKind::integer, "2000",
         "points in a panel; images: pictures in a cell of guidance, in a row of evolution and interpolate, "
         "rows of steps",
         1, 1e7},
        {"--labels", OptionKind::text, "balanced",
         "images: balanced (a class each), random, none, or names or numbers of classes"},
        {"--omega", OptionKind::reals, "",
         "images: guidance strength above 0; for figure guidance several, a row each", 0, 1000},
        {"--interval", OptionKind::reals, "",
         "images: guidance interval; for figure guidance several, a column each: 0,1,0.2,0.8", 0, 1},
        {"--zoom", OptionKind::integer, "0", "images: side of a pixel; 0: as looks good", 0, 64},
    };
    for (Option& option : sampling_options()) out.options.push_back(std::move(option));
    out.takes_device = true;
    out.has_results = true;
    out.least_words = 1;
    out.most_words = 100;
    out.run = run_plot;
    return out;
}

}  // namespace mf::cli
