// SPDX-License-Identifier: MIT
#include "cli/commands/info_config.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/config_items.hpp"
#include "cli/json.hpp"
#include "cli/known_peak.hpp"
#include "core/error.hpp"
#include "data/images.hpp"
#include "ops/peak.hpp"
#include "train/config.hpp"
#include "train/make_model.hpp"
#include "train/run_estimate.hpp"
#include "train/step_log.hpp"

namespace mf::cli {
namespace {

/// What steps of large transformers reach of the GEMM ceiling (bench/images.md).
constexpr double kShareOfPeak = 0.73;
constexpr std::int64_t kImageNet = 1'281'167;

/// Pictures of an epoch and what they are; 0 where data have no end.
std::pair<std::int64_t, std::string> epoch_of(const Settings& settings) {
    if (settings.text("data.name") == "noise" && settings.integer("data.classes") == 1000)
        return {kImageNet, "ImageNet's"};
    const std::unique_ptr<Dataset> data = make_dataset(settings);
    const ImageDataset* images = data->images();
    return {images == nullptr ? 0 : images->size(), "the data's"};
}

std::string time_text(double seconds) {
    if (seconds < 120) return fmt::format("{:.1f} s", seconds);
    if (seconds < 2 * 3600) return fmt::format("{:.0f} min", seconds / 60);
    if (seconds < 48 * 3600) return fmt::format("{:.1f} h", seconds / 3600);
    return fmt::format("{:.0f} days", seconds / 86400);
}

}  // namespace

int run_info_config(const Invocation& invocation) {
    if (invocation.words.size() != 2)
        throw UsageError("info config wants the name of a configuration",
                         "meanflow info config imagenet256/imf_b2");
    const Settings settings = resolve(config_items(invocation, invocation.words[1]));
    Team team(invocation.threads());
    const RunEstimate cost = estimate_run(settings, team.size());
    const Precision precision = settings.text("precision") == "bf16" ? Precision::bf16 : Precision::f32;
    const double peak = 1e9 * measure_gemm_peak(team, precision);
    const double step = cost.flops_per_step / (peak * kShareOfPeak);
    const auto batch = static_cast<double>(settings.integer("train.batch"));
    const auto steps = static_cast<double>(settings.integer("train.steps"));
    const auto [pictures, whose] = epoch_of(settings);
    const double epoch = static_cast<double>(pictures) / batch * step;
    if (invocation.json()) {
        fmt::print("{}\n", Json::object({{"config", invocation.words[1]},
                                         {"parameters", cost.parameters},
                                         {"tokens", cost.tokens},
                                         {"gflop_per_step", cost.flops_per_step * 1e-9},
                                         {"guidance_rows", cost.guidance_rows},
                                         {"memory_bytes", static_cast<std::int64_t>(cost.memory())},
                                         {"activation_bytes", static_cast<std::int64_t>(cost.activations)},
                                         {"peak_gflops", known_peak(peak * 1e-9)},
                                         {"step_seconds", step},
                                         {"epoch_pictures", pictures},
                                         {"epoch_seconds", epoch},
                                         {"all_steps_seconds", step * steps}})
                               .text());
        return 0;
    }
    std::vector<std::pair<std::string, std::string>> rows = {
        {"model",
         fmt::format("{}, {} parameters", settings.text("model.name"), with_commas(cost.parameters))},
        {"objective", settings.text("objective.name")}};
    if (cost.tokens > 0) rows.emplace_back("sequence", fmt::format("{} tokens", with_commas(cost.tokens)));
    rows.emplace_back("batch, steps", fmt::format("{}, {}", with_commas(settings.integer("train.batch")),
                                                  with_commas(settings.integer("train.steps"))));
    rows.emplace_back("a step", with_unit(cost.flops_per_step) + "FLOP");
    rows.emplace_back("memory", as_mebibytes(cost.memory()));
    rows.emplace_back("  weights",
                      fmt::format("{}, packed {}", as_mebibytes(cost.weights), as_mebibytes(cost.packed)));
    rows.emplace_back("  optimiser", fmt::format("{}, averages {}", as_mebibytes(cost.optimiser),
                                                 as_mebibytes(cost.averages)));
    rows.emplace_back("  gradients", as_mebibytes(cost.gradients));
    rows.emplace_back("  activations", fmt::format("about {} ({} thread{})", as_mebibytes(cost.activations),
                                                   team.size(), team.size() == 1 ? "" : "s"));
    rows.emplace_back("GEMM peak", peak > 0 ? with_unit(peak) + "FLOP/s measured" : std::string(kNoPeak));
    if (peak > 0)
        rows.emplace_back("time of a step",
                          fmt::format("about {} ({:.0f}% of the peak)", time_text(step), 100 * kShareOfPeak));
    if (peak > 0 && pictures > 0)
        rows.emplace_back("an epoch", fmt::format("about {} ({} {} pictures)", time_text(epoch), whose,
                                                  with_commas(pictures)));
    if (peak > 0) rows.emplace_back("all steps", "about " + time_text(step * steps));
    fmt::print("{}", boxed_table("meanflow info config " + invocation.words[1], rows));
    return 0;
}

}  // namespace mf::cli
