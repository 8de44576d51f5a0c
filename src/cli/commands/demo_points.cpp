// SPDX-License-Identifier: MIT
// meanflow demo: three methods learn the checkerboard by one recipe; pictures and a table compare them at 1 to 100
// sampler steps.
#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "cli/commands/demo.hpp"
#include "cli/config_items.hpp"
#include "cli/device_option.hpp"
#include "cli/json.hpp"
#include "cli/quiet_training.hpp"
#include "cli/screen.hpp"
#include "core/error.hpp"
#include "figures/run_figures.hpp"
#include "figures/scenes.hpp"
#include "generate/open_model.hpp"
#include "generate/sampling.hpp"
#include "io/file.hpp"
#include "judge/point_report.hpp"
#include "metrics/points.hpp"
#include "ops/peak.hpp"
#include "train/config.hpp"
#include "train/make_model.hpp"
#include "train/run_folder.hpp"

namespace mf::cli {
namespace {

namespace fs = std::filesystem;

struct Method {
    const char* name;
    const char* config;
    const char* words;
};
constexpr Method kMethods[] = {
    {"fm", "toy/best_fm", "flow matching: the velocity at a point; needs many steps"},
    {"mf", "toy/best_mf", "MeanFlow: the average velocity over an interval; one step is enough"},
    {"imf", "toy/best", "improved MeanFlow: the same average, learnt with a calmer derivative"},
};
constexpr const char* kRecipe =
    "All three are trained by the same recipe (`toy/best` and its two siblings: network, data, optimiser, "
    "schedule, "
    "average and the stable target are the same; only the objective differs, and fm has no r to draw).";
constexpr const char* kLosses =
    "\nLosses against the same target. That of mf stays high because its derivative runs along e − x, the "
    "noisy velocity of "
    "one sample; that of imf runs along the network's own.\n";
constexpr std::array kSteps = {1, 2, 4, 8, 100};
constexpr std::int64_t kShown = 2000;  // points in a panel

struct Cell {
    std::string method;
    int steps;
    PointScores scores;
    plot::Cloud cloud;  ///< the first samples, for the picture
};

/// Samples that the numbers are about.
std::int64_t sample_count(const Invocation& invocation) {
    return invocation.options.flag("--quick") ? 4000 : 20000;
}

/// Trains, or goes on, or finds it done. False: stopped by a signal.
bool train_method(const Method& method, const fs::path& folder, const Invocation& invocation,
                  StopSignals& signals) {
    std::vector<ConfigItem> items = read_config(method.config);
    // Half the time of f32, and the same scores within the noise of a seed (docs/recipe.md).
    if (multiplies_bf16()) items.push_back({"precision", "bf16", "demo"});
    if (invocation.options.flag("--quick")) items.push_back({"train.steps", "1000", "--quick"});
    for (const ConfigItem& item : config_items(invocation, "")) items.push_back(item);
    const Settings settings = resolve(items);
    return train_quietly(folder, settings, fmt::format("{:<4}", method.name),
                         {invocation.threads(), invocation.device()}, invocation.quiet(),
                         signals) == TrainingEnd::finished;
}

/// The signal that stopped it, or 0.
int train_all(const fs::path& folder, const Invocation& invocation) {
    StopSignals signals;
    for (const Method& method : kMethods)
        if (!train_method(method, folder / method.name, invocation, signals)) return signals.pending();
    return 0;
}

std::vector<Cell> evaluate(const fs::path& folder, const Invocation& invocation, Team& team) {
    std::vector<Cell> out;
    std::vector<std::string> remarks;
    SampleRequest request;
    request.count = sample_count(invocation);
    request.seed = invocation.seed();
    for (const Method& method : kMethods) {
        LoadedModel loaded = load_model(find_checkpoint(folder / method.name, -1, remarks), "ema", team);
        put_on_device(loaded, invocation.device(), Precision::f32, team);
        for (const int steps : kSteps) {
            request.steps = steps;
            const Samples samples = draw_samples(loaded, request, team);
            const PointDataset& data = points_of(*loaded.data, "demo");
            out.push_back({method.name,
                           steps,
                           score_points(as_rows(samples.values, 2), data, request.seed, team),
                           {samples.values.begin(), samples.values.begin() + 2 * kShown}});
        }
    }
    return out;
}

std::string table_of(const std::vector<Cell>& cells) {
    std::vector<std::vector<std::string>> rows = {score_header({"method", "steps"})};
    for (const Cell& cell : cells)
        rows.push_back(score_row({cell.method, std::to_string(cell.steps)}, cell.scores));
    return text_table(rows);
}

std::string json_of(const std::vector<Cell>& cells, const fs::path& folder) {
    std::vector<Json> rows;
    for (const Cell& cell : cells) {
        std::vector<Json::Member> members = {{"method", cell.method}, {"steps", cell.steps}};
        const auto numbers = named(cell.scores);
        for (const auto& [name, value] : numbers) members.emplace_back(name, value);
        rows.push_back(Json::object(members));
    }
    return Json::object({{"folder", folder.string()}, {"results", Json::array(rows)}}).text();
}

/// A row for each method, a column for each number of steps, from samples that are there already.
plot::Figure compare_figure(const std::vector<Cell>& cells, const fs::path& folder) {
    std::vector<plot::Row> rows;
    for (const Method& method : kMethods) {
        rows.push_back({method.name, {}, {}});
        for (const Cell& cell : cells)
            if (cell.method == method.name) {
                rows.back().clouds.push_back(cell.cloud);
                rows.back().captions.push_back(score_caption(cell.scores));
            }
    }
    const std::unique_ptr<Dataset> data = make_dataset(settings_of_run(folder / kMethods[0].name));
    plot::Scene scene = scene_of(points_of(*data, "demo"));
    scene.note = "grey: data; the same noise in every panel";
    return plot::compare_figure(scene, rows, {kSteps.begin(), kSteps.end()});
}

std::vector<std::string> draw_figures(const std::vector<Cell>& cells, const fs::path& folder,
                                      const Invocation& invocation, Team& team) {
    if (!plot::can_draw()) {
        remark(false, "pictures need gnuplot, which is not installed (gnuplot-nox)");
        return {};
    }
    plot::draw(compare_figure(cells, folder), folder / "compare");
    FigureRequest request;
    request.remarks = [](const std::string& line) { remark(false, line); };
    for (const Method& method : kMethods) {
        request.rows.push_back({method.name, folder / method.name});
        request.rows.back().device = invocation.device();
    }
    request.sampling.seed = invocation.seed();
    std::vector<std::string> names = {"pair", "evolution", "stages", "losses"};
    for (const std::string& name : names) plot::draw(make_figure(name, request, team), folder / name);
    names.insert(names.begin(), "compare");
    return names;
}

void write_index(const fs::path& folder, std::int64_t samples, const std::string& table,
                 const std::vector<std::string>& figures) {
    std::string text = fmt::format("# fm, mf and imf on the checkerboard\n\n{}\n\n", kRecipe);
    for (const Method& method : kMethods) text += fmt::format("- **{}**: {}\n", method.name, method.words);
    text += fmt::format(
        "\n{} samples each; inside: share of samples on filled tiles; SWD, MMD², energy: distances to fresh "
        "data (0 is "
        "best); coverage: share of the tiles that hold 80 to 120 % of their due.\n\n```\n{}```\n",
        samples, table);
    for (const std::string& name : figures) {
        if (name == "losses") text += kLosses;
        text += fmt::format("\n![{}]({}.png)\n", name, name);
    }
    write_file_atomically(folder / "index.md", text);
}

}  // namespace

int demo_points(const Invocation& invocation) {
    const bool quick = invocation.options.flag("--quick");
    fs::path folder = invocation.options.text("--out");
    if (folder.empty()) folder = quick ? "demo-quick" : "demo";
    remark_on_cpu_parts(invocation, "networks learn and draw samples there; scores are computed");
    remark(invocation.quiet(), "fm, mf and imf, all three by the same recipe");
    if (const int signal = train_all(folder, invocation)) {
        remark(false, fmt::format("stopped; the same command goes on from here ({})", folder.string()));
        return 128 + signal;
    }
    Team team(invocation.threads());
    const std::vector<Cell> cells = evaluate(folder, invocation, team);
    const std::string table = table_of(cells);
    if (invocation.json())
        fmt::print("{}\n", json_of(cells, folder));
    else
        fmt::print("{}", table);
    std::fflush(stdout);
    write_index(folder, sample_count(invocation), table, draw_figures(cells, folder, invocation, team));
    remark(invocation.quiet(), fmt::format("pictures and runs are in {}; begin with {}", folder.string(),
                                           (folder / "index.md").string()));
    return 0;
}

}  // namespace mf::cli
