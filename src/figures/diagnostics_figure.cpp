// SPDX-License-Identifier: MIT
#include "figures/diagnostics_figure.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "plot/curve_figures.hpp"
#include "train/metrics_log.hpp"
#include "train/run_folder.hpp"

namespace mf {
namespace {

using plot::CurvePanel;
using Curves = std::map<std::string, MetricCurve>;

constexpr const char* kPrefix = "diagnose.";

Curves curves_of(const RunRow& row) {
    if (!is_run(row.target)) return {};
    std::error_code missing;
    if (!std::filesystem::exists(row.target / "metrics.jsonl", missing)) return {};
    return read_curves(row.target / "metrics.jsonl", kPrefix);
}

/// A line named `name` when the run has the number `key`.
void add(CurvePanel& panel, const Curves& curves, const std::string& key, const std::string& name) {
    const auto found = curves.find(key);
    if (found != curves.end()) panel.curves.push_back({name, found->second.steps, found->second.values});
}

/// One line for each bin of t.
CurvePanel bins(const Curves& curves, const std::string& key, const std::string& title) {
    CurvePanel out{title, {}, false};
    for (const auto& [name, curve] : curves)
        if (name.starts_with(key + "@"))
            out.curves.push_back({"t ≈ " + name.substr(key.size() + 1), curve.steps, curve.values});
    return out;
}

/// The mean over the bins of t that a look has.
MetricCurve mean_of_bins(const Curves& curves, const std::string& key) {
    std::map<double, std::pair<double, int>> sums;
    for (const auto& [name, curve] : curves)
        if (name.starts_with(key + "@"))
            for (std::size_t i = 0; i < curve.steps.size(); ++i) {
                sums[curve.steps[i]].first += curve.values[i];
                ++sums[curve.steps[i]].second;
            }
    MetricCurve out;
    for (const auto& [step, sum] : sums) {
        out.steps.push_back(step);
        out.values.push_back(sum.first / sum.second);
    }
    return out;
}

plot::Figure of_one(const Curves& curves) {
    const auto panel = [&](const char* title, bool log,
                           std::initializer_list<std::pair<const char*, const char*>> keys) {
        CurvePanel out{title, {}, log};
        for (const auto& [key, name] : keys) add(out, curves, key, name);
        return out;
    };
    return plot::curves_figure(
        {panel("noise in the residual", true, {{"noise_mf", "mf"}, {"noise_imf", "imf"}}),
         panel("variance of the target at fixed z", true, {{"fixed_z_mf", "mf"}, {"fixed_z_imf", "imf"}}),
         panel("deviation of a row's loss", true, {{"loss_std_mf", "mf"}, {"loss_std_imf", "imf"}}),
         panel("|(t−r) du/dt|² / |v|²", true,
               {{"jvp_velocity", "along e − x"}, {"jvp_self", "u(z,t,t)"}, {"jvp_head", "v head"}}),
         panel("difference of du/dt", true,
               {{"tangent_self", "e − x, u(z,t,t)"}, {"tangent_head", "v head, u(z,t,t)"}}),
         panel("relative error in bf16", true, {{"jvp_bf16", "(t−r) du/dt"}, {"u_bf16", "u"}}),
         bins(curves, "self_velocity", "|u(z,t,t) − (e − x)|²"),
         bins(curves, "head_velocity", "|v head − (e − x)|²"),
         bins(curves, "self_head", "|u(z,t,t) − v head|²")},
        "mf: tangent e − x;  imf: the network's own v;  online weights, the same draws at every step");
}

plot::Figure of_several(const FigureRequest& request, const std::vector<Curves>& all) {
    const std::vector<std::tuple<const char*, const char*, bool>> kinds = {
        {"noise_ratio", "noise in the residual, mf / imf", true},
        {"loss_std_mf", "deviation of the mf loss", true},
        {"loss_std_imf", "deviation of the imf loss", true},
        {"jvp_self", "|(t−r) du/dt|² / |v|²", true},
        {"tangent_self", "difference of du/dt: e − x, u(z,t,t)", true},
        {"jvp_bf16", "relative error of (t−r) du/dt in bf16", true}};
    std::vector<CurvePanel> panels;
    for (const auto& [key, title, log] : kinds) {
        CurvePanel panel{title, {}, log};
        for (std::size_t i = 0; i < all.size(); ++i) {
            // Runs without the number keep their colour.
            panel.curves.push_back({request.rows[i].name, {}, {}});
            if (const auto found = all[i].find(key); found != all[i].end())
                panel.curves.back() = {request.rows[i].name, found->second.steps, found->second.values};
        }
        panels.push_back(std::move(panel));
    }
    for (const auto& [key, title] : {std::pair{"self_velocity", "|u(z,t,t) − (e − x)|², mean over t"},
                                     {"self_head", "|u(z,t,t) − v head|², mean over t"}}) {
        CurvePanel panel{title, {}, false};
        for (std::size_t i = 0; i < all.size(); ++i) {
            MetricCurve curve = mean_of_bins(all[i], key);
            panel.curves.push_back({request.rows[i].name, std::move(curve.steps), std::move(curve.values)});
        }
        panels.push_back(std::move(panel));
    }
    return plot::curves_figure(panels, "online weights, the same draws at every step");
}

}  // namespace

bool has_diagnostics(const FigureRequest& request) {
    return std::ranges::all_of(request.rows, [](const RunRow& row) { return !curves_of(row).empty(); });
}

plot::Figure diagnostics_figure(const FigureRequest& request, Team&) {
    std::vector<Curves> all;
    for (const RunRow& row : request.rows) {
        all.push_back(curves_of(row));
        if (all.back().empty())
            throw UsageError(
                fmt::format("figure diagnostics: {} kept no diagnostics", row.target.string()),
                "train with diagnose.every=200; 'meanflow diagnose RUN' looks at one checkpoint");
    }
    return all.size() == 1 ? of_one(all[0]) : of_several(request, all);
}

}  // namespace mf
