// SPDX-License-Identifier: MIT
#include "train/average_remark.hpp"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "optim/ema.hpp"

namespace mf {
namespace {

constexpr std::string_view kPrefix = "ema_";
constexpr double kMuch = 0.1;

double share_of_start(const Settings& settings, const std::string& decay, std::int64_t step) {
    double value = 0;
    const auto [end, code] = std::from_chars(decay.data(), decay.data() + decay.size(), value);
    if (code != std::errc() || end != decay.data() + decay.size()) return 0;
    return Ema::share_of_start(value, settings.flag("ema.warmup"), step);
}

/// A decay that forgets 99 % of the first weights in so many steps: "0.977" for 200.
std::string decay_for(std::int64_t steps) {
    const double distance =
        std::min(0.9, std::log(100.0) / static_cast<double>(std::max<std::int64_t>(1, steps)));
    return fmt::format("{:.9g}", 1 - std::stod(fmt::format("{:.2g}", distance)));
}

/// An average of the same run that has begun; empty: none.
std::string better_average(const Settings& settings, std::int64_t step) {
    for (const std::string& decay : settings.texts("ema.decays"))
        if (share_of_start(settings, decay, step) <= kMuch) return decay;
    return "";
}

std::string what_to_keep(std::int64_t steps) {
    return fmt::format("ema.warmup=true or a smaller decay (ema.decays={})", decay_for(steps));
}

}  // namespace

std::string average_remark(const Settings& settings, const std::string& weights, std::int64_t step,
                           bool alone) {
    if (!weights.starts_with(kPrefix) || !settings.has("ema.warmup")) return "";
    const double share = share_of_start(settings, weights.substr(kPrefix.size()), step);
    if (share <= kMuch) return "";
    const std::string better = better_average(settings, step);
    const std::string choice = "--weights " + (better.empty() ? "online" : std::string(kPrefix) + better);
    return fmt::format(
        "{} after {} step{} is {:.0f} % what the weights were before the first one: {}, and {} for the next "
        "run",
        weights, step, step == 1 ? "" : "s", std::floor(100 * share),
        alone ? fmt::format("converting the run with {} would be better", choice)
              : fmt::format("{} is the better choice now", choice),
        what_to_keep(step));
}

std::string average_remark(const LoadedModel& model, bool alone) {
    return average_remark(model.settings, model.weights, model.step, alone);
}

std::string planned_average_remark(const Settings& settings) {
    const std::vector<std::string> decays = settings.texts("ema.decays");
    const std::int64_t steps = settings.integer("train.steps");
    if (decays.empty() || steps == 0) return "";
    const double share = share_of_start(settings, decays.back(), steps);
    if (share <= kMuch) return "";
    return fmt::format(
        "samples are drawn from ema_{0}, which will still be {1:.0f} % the first weights after all {2} "
        "steps: {3} "
        "would do better",
        decays.back(), std::floor(100 * share), steps, what_to_keep(steps));
}

}  // namespace mf
