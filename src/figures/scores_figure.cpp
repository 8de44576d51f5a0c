// SPDX-License-Identifier: MIT
#include "figures/scores_figure.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "core/error.hpp"
#include "plot/curve_figures.hpp"
#include "train/metrics_log.hpp"
#include "train/run_folder.hpp"

namespace mf {
namespace {

/// Columns "fid@1", "fid@50" of one run: by number, then by sampler steps.
using Scores = std::map<std::string, std::map<std::int64_t, MetricCurve>>;

Scores scores_of(const RunRow& row) {
    Scores out;
    std::error_code missing;
    const std::filesystem::path file = row.target / "metrics.jsonl";
    if (!is_run(row.target) || !std::filesystem::exists(file, missing)) return out;
    for (auto& [column, curve] : read_curves(file, "")) {
        const std::size_t at = column.find('@');
        if (at == std::string::npos || column.starts_with("diagnose.")) continue;
        std::int64_t steps = 0;
        const auto [end, error] =
            std::from_chars(column.data() + at + 1, column.data() + column.size(), steps);
        if (error == std::errc() && end == column.data() + column.size())
            out[column.substr(0, at)][steps] = std::move(curve);
    }
    return out;
}

struct Number {
    const char *name, *title;
};
constexpr Number kNumbers[] = {{"fid", "FID in the judge's features"},
                               {"accuracy", "right class, by the judge"},
                               {"kid", "KID in the judge's features"},
                               {"precision", "precision"},
                               {"recall", "recall"},
                               {"swd_random", "sliced Wasserstein, random features"},
                               {"swd_pixels", "sliced Wasserstein, pixels"},
                               {"inside", "inside the pattern"},
                               {"coverage", "coverage"},
                               {"swd", "sliced Wasserstein"},
                               {"mmd2", "MMD²"},
                               {"energy", "energy distance"}};
constexpr std::size_t kMostPanels = 6;

/// The lines of one panel. A line that a run lacks is empty, so that the others keep their colours.
plot::CurvePanel panel_of(const FigureRequest& request, const std::vector<Scores>& all,
                          const Number& number) {
    plot::CurvePanel out{number.title, {}, true};
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto found = all[i].find(number.name);
        const std::map<std::int64_t, MetricCurve> none{{1, {}}};
        for (const auto& [steps, curve] : found == all[i].end() ? none : found->second)
            out.curves.push_back(
                {fmt::format("{}, {} step{}", request.rows[i].name, steps, steps == 1 ? "" : "s"),
                 curve.steps, curve.values});
    }
    return out;
}

}  // namespace

bool has_scores(const FigureRequest& request) {
    return std::ranges::all_of(request.rows, [](const RunRow& row) { return !scores_of(row).empty(); });
}

plot::Figure scores_figure(const FigureRequest& request, Team&) {
    std::vector<Scores> all;
    for (const RunRow& row : request.rows) {
        all.push_back(scores_of(row));
        if (all.back().empty())
            throw UsageError(fmt::format("figure scores: {} kept no evaluations", row.target.string()),
                             "train with evaluate.every=1000; 'meanflow eval RUN' measures one checkpoint");
    }
    std::vector<plot::CurvePanel> panels;
    for (const Number& number : kNumbers) {
        const auto has = [&](const Scores& scores) { return scores.contains(number.name); };
        if (panels.size() < kMostPanels && std::ranges::any_of(all, has))
            panels.push_back(panel_of(request, all, number));
    }
    return plot::curves_figure(
        panels, "evaluations while training, of the average of the weights where there is one");
}

}  // namespace mf
