// SPDX-License-Identifier: MIT
// meanflow ablate: the ablation table of a configuration, each row trained with the same budget.
#include <cmath>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/config_items.hpp"
#include "cli/device_option.hpp"
#include "cli/drawing.hpp"
#include "cli/json.hpp"
#include "cli/quiet_training.hpp"
#include "cli/screen.hpp"
#include "core/error.hpp"
#include "figures/scenes.hpp"
#include "io/file.hpp"
#include "judge/run_numbers.hpp"
#include "plot/bar_figures.hpp"
#include "train/ablation.hpp"

namespace mf::cli {
namespace {

namespace fs = std::filesystem;

/// What came out of one row: each number, for every seed.
struct Result {
    Variant variant;
    std::vector<std::pair<std::string, std::vector<double>>> numbers;
};

double mean_of(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
}

/// Of a sample; 0 for a single value.
double deviation_of(const std::vector<double>& values) {
    if (values.size() < 2) return 0;
    double sum = 0;
    for (const double value : values) sum += std::pow(value - mean_of(values), 2);
    return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

/// The configuration's items with the budget that all rows share.
std::vector<ConfigItem> items_of(const Invocation& invocation) {
    const std::vector<ConfigItem> words = overrides_of(invocation);
    for (const ConfigItem& word : words) {
        const bool hook =
            word.key == "sample.every" || word.key == "evaluate.every" || word.key == "diagnose.every";
        if (hook && word.value != "0")
            throw UsageError(fmt::format("{}={}: ablate looks at its runs when they are done, not on the way",
                                         word.key, word.value),
                             "leave it out");
        if (word.key == "save.keep" && word.value != "1")
            throw UsageError("save.keep: ablate keeps one checkpoint of each run, its last", "leave it out");
        if (word.key == "seed" && word.value != std::to_string(invocation.seed()))
            throw UsageError(fmt::format("seed={}: ablate counts its seeds from --seed on", word.value),
                             fmt::format("--seed {}", word.value));
        if (word.key == "train.steps" && invocation.options.integer("--steps") > 0 &&
            word.value != std::to_string(invocation.options.integer("--steps")))
            throw UsageError(fmt::format("--steps {} and train.steps={} say different things",
                                         invocation.options.integer("--steps"), word.value),
                             "give one of the two");
    }
    std::vector<ConfigItem> out = read_config(invocation.words[0]);
    out.insert(out.end(), words.begin(), words.end());
    if (const std::int64_t steps = invocation.options.integer("--steps"); steps > 0)
        out.push_back({"train.steps", std::to_string(steps), "--steps"});
    // Of each run only the last weights are looked at.
    out.push_back({"save.keep", "1", "ablate"});
    return out;
}

std::vector<fs::path> folders_of(const Variant& variant, const Invocation& invocation) {
    const std::int64_t seeds = invocation.options.integer("--seeds");
    std::vector<fs::path> out;
    for (std::int64_t i = 0; i < seeds; ++i)
        out.push_back(fs::path(invocation.options.text("--out")) / variant.name /
                      fmt::format("seed_{}", invocation.seed() + static_cast<std::uint64_t>(i)));
    return out;
}

/// Every run of every row; false when a signal came.
bool train_all(const std::vector<Variant>& variants, const Invocation& invocation, StopSignals& signals) {
    std::size_t widest = 0;
    for (const Variant& variant : variants) widest = std::max(widest, variant.name.size());
    for (const Variant& variant : variants) {
        if (!variant.why_not.empty() || !variant.same_as.empty()) continue;
        std::uint64_t seed = invocation.seed();
        for (const fs::path& folder : folders_of(variant, invocation)) {
            Settings settings = variant.settings;
            settings.set("seed", std::to_string(seed));
            const std::string label = fmt::format("{:<{}} seed {}", variant.name, widest, seed++);
            if (train_quietly(folder, settings, label, {invocation.threads(), invocation.device()},
                              invocation.quiet(), signals) == TrainingEnd::stopped)
                return false;
        }
    }
    return true;
}

std::vector<Result> measure(const std::vector<Variant>& variants, const Invocation& invocation, Team& team) {
    const NumbersRequest request{.count = invocation.options.integer("--count"),
                                 .seed = invocation.seed(),
                                 .weights = invocation.options.text("--weights"),
                                 .device = invocation.device(),
                                 .remarks = [](const std::string& line) { remark(false, line); }};
    std::vector<Result> out;
    for (const Variant& variant : variants) {
        out.push_back({variant, {}});
        if (!variant.why_not.empty()) continue;
        if (!variant.same_as.empty()) {
            for (const Result& result : out)
                if (result.variant.name == variant.same_as) out.back().numbers = result.numbers;
            continue;
        }
        auto& numbers = out.back().numbers;
        for (const fs::path& folder : folders_of(variant, invocation)) {
            const auto one = run_numbers(folder, request, team);
            if (numbers.empty())
                for (const auto& [name, value] : one) numbers.emplace_back(name, std::vector<double>());
            for (std::size_t i = 0; i < one.size() && i < numbers.size(); ++i)
                numbers[i].second.push_back(one[i].second);
        }
    }
    return out;
}

std::string shown(const std::vector<double>& values) {
    const std::string mean = fmt::format("{:.4g}", mean_of(values));
    return values.size() < 2 ? mean : fmt::format("{} ± {:.2g}", mean, deviation_of(values));
}

std::string table_of(const std::vector<Result>& results) {
    std::vector<std::vector<std::string>> rows = {{"row"}};
    for (const auto& [name, values] : results[0].numbers) rows[0].push_back(name);
    for (const Result& result : results) {
        if (!result.variant.why_not.empty()) continue;
        rows.push_back({result.variant.name});
        for (const auto& [name, values] : result.numbers) rows.back().push_back(shown(values));
        if (!result.variant.same_as.empty())
            rows.back()[0] += fmt::format(" (is {})", result.variant.same_as);
    }
    std::string out = text_table(rows);
    for (const Result& result : results)
        if (!result.variant.why_not.empty())
            out += fmt::format("{}: left out, {}\n", result.variant.name, result.variant.why_not);
    return out;
}

Json row_of(const Result& result, const Invocation& invocation) {
    const Variant& variant = result.variant;
    std::vector<Json::Member> changes, numbers;
    for (const auto& [key, value] : variant.changes) changes.emplace_back(key, value);
    for (const auto& [name, values] : result.numbers)
        numbers.emplace_back(name, Json::object({{"mean", mean_of(values)},
                                                 {"std", deviation_of(values)},
                                                 {"values", Json::array_of(values)}}));
    std::vector<Json::Member> out = {
        {"name", variant.name}, {"what", variant.words}, {"changes", Json::object(changes)}};
    if (!variant.why_not.empty()) {
        out.emplace_back("left_out", variant.why_not);
        return Json::object(out);
    }
    if (variant.same_as.empty()) {
        std::vector<std::string> folders;
        for (const fs::path& folder : folders_of(variant, invocation)) folders.push_back(folder.string());
        out.emplace_back("runs", Json::array_of(folders));
    } else {
        out.emplace_back("same_as", variant.same_as);
    }
    out.emplace_back("numbers", Json::object(numbers));
    return Json::object(out);
}

std::string json_of(const std::vector<Result>& results, const Invocation& invocation) {
    std::vector<Json> rows;
    for (const Result& result : results) rows.push_back(row_of(result, invocation));
    const Settings& base = results[0].variant.settings;
    return Json::object({{"config", invocation.words[0]},
                         {"steps", base.integer("train.steps")},
                         {"batch", base.integer("train.batch")},
                         {"seed", invocation.seed()},
                         {"seeds", invocation.options.integer("--seeds")},
                         {"rows", Json::array(rows)}})
        .text();
}

plot::Figure figure_of(const std::vector<Result>& results, const Invocation& invocation) {
    const std::map<std::string, std::string> titles = {{"inside", "inside (more is better)"},
                                                       {"swd", "SWD at 1 step"},
                                                       {"energy", "energy at 1 step"},
                                                       {"accuracy", "right class"},
                                                       {"fid", "FID"},
                                                       {"kid", "KID"},
                                                       {"class_score", "class score"},
                                                       {"swd_pixels", "pixel SWD at 1 step"},
                                                       {"swd_random", "SWD, random features"},
                                                       {"residual", "residual"},
                                                       {"residual_std", "residual, deviation"},
                                                       {"ms", "ms a step"}};
    std::vector<std::string> names;
    for (const Result& result : results)
        if (result.variant.why_not.empty()) names.push_back(result.variant.name);
    std::vector<plot::BarPanel> panels;
    for (const auto& [number, unused] : results[0].numbers) {
        plot::BarPanel panel{titles.contains(number) ? titles.at(number) : number, {}};
        for (const Result& result : results) {
            if (!result.variant.why_not.empty()) continue;
            panel.values.emplace_back();
            for (const auto& [name, values] : result.numbers)
                if (name == number) panel.values.back() = values;
        }
        panels.push_back(std::move(panel));
    }
    const Settings& base = results[0].variant.settings;
    const std::int64_t seeds = invocation.options.integer("--seeds");
    return plot::bars_figure(
        names, panels,
        fmt::format("{}, {} steps of {} samples, {} seed{};  dashed: base", invocation.words[0],
                    base.integer("train.steps"), base.integer("train.batch"), seeds, seeds == 1 ? "" : "s"));
}

int run_ablate(const Invocation& invocation) {
    const fs::path folder = invocation.options.text("--out");
    if (folder.empty())
        throw UsageError("ablate wants --out DIR, where its runs go",
                         "meanflow ablate toy/imf --steps 1000 --out ablation");
    const std::vector<Variant> variants =
        ablation(items_of(invocation), invocation.options.texts("--only"), invocation.threads());
    remark_on_cpu_parts(invocation, "networks learn and draw samples there; scores are computed");
    {
        StopSignals signals;
        if (!train_all(variants, invocation, signals)) {
            remark(false, fmt::format("stopped; the same command goes on from here ({})", folder.string()));
            return 128 + signals.pending();
        }
    }
    Team team(invocation.threads());
    const std::vector<Result> results = measure(variants, invocation, team);
    const std::string json = json_of(results, invocation);
    write_file_atomically(folder / "ablation.json", json + "\n");
    if (invocation.json())
        fmt::print("{}\n", json);
    else
        fmt::print("{}", table_of(results));
    std::fflush(stdout);
    draw_or_remark(figure_of(results, invocation), folder / "ablation",
                   !invocation.json() && !invocation.quiet());
    return 0;
}

}  // namespace

Command ablate_command() {
    std::string rows = "rows, each one change of the configuration:\n";
    for (const auto& [group, names] : ablation_groups()) rows += fmt::format("  {:<10} {}\n", group, names);
    Command out;
    out.name = "ablate";
    out.summary = "train a configuration and its variants with one budget, compare";
    out.usage = "CONFIG [key=value ...] [--only GROUP|GROUP/ROW,...] [--steps N] [--seeds N] --out DIR";
    out.example = "  meanflow ablate toy/imf --only tangent --steps 1000 --seeds 3 --out ablation\n\n" +
                  rows + "\nRuns that are finished are not run again; the rest goes on where it was.";
    out.options = {
        {"--only", OptionKind::texts, "",
         "groups or rows; the configuration as it is (base) is always there"},
        {"--steps", OptionKind::integer, "0", "training steps of every row; 0: as the configuration says", 0},
        {"--seeds", OptionKind::integer, "1", "runs of every row, with seeds one after the other", 1, 1000},
        {"--count", OptionKind::integer, "0", "samples for the numbers; 0: 10000 points or 1000 images", 0,
         1e7},
        {"--weights", OptionKind::text, "ema",
         "online, ema (the average, where there is one; it lags behind short runs) or its full name"},
        {"--out", OptionKind::text, "", "folder for the runs, ablation.json, ablation.png and ablation.svg"},
    };
    out.takes_device = true;
    out.has_results = true;
    out.takes_overrides = true;
    out.least_words = out.most_words = 1;
    out.run = run_ablate;
    return out;
}

}  // namespace mf::cli
