// SPDX-License-Identifier: MIT
#include "cli/sampling.hpp"

#include <algorithm>
#include <cmath>

#include "cli/screen.hpp"
#include "core/error.hpp"
#include "objectives/objective.hpp"
#include "train/run_folder.hpp"

namespace mf::cli {
namespace {

bool is_reverse(const Settings& settings) { return settings.text("path.direction") == "reverse"; }

Solver solver_of(const std::string& name, const Settings& settings) {
    if (name == "euler") return Solver::euler;
    if (name == "heun") return Solver::heun;
    const bool interval =
        objective_catalogue().at(settings.text("objective.name")).make(settings)->needs_interval();
    check_usage(name != "average" || interval, "--solver average needs an average velocity; objective {} learns none",
                settings.text("objective.name"));
    return name == "average" || interval ? Solver::average : Solver::euler;
}

std::vector<double> times_of(const SampleRequest& request, bool reverse) {
    std::vector<double> times = request.times;
    if (times.empty()) {
        times = uniform_times(request.steps);
        if (!reverse) std::ranges::reverse(times);
        return times;
    }
    const double noise = reverse ? 1 : 0, data = reverse ? 0 : 1;
    const bool ordered = reverse ? std::ranges::is_sorted(times, std::greater_equal<>())
                                 : std::ranges::is_sorted(times, std::less_equal<>());
    check_usage(times.size() >= 2 && times.front() == noise && times.back() == data && ordered,
                "--times must lead from {} (noise) to {} (data) without a turn", noise, data);
    return times;
}

}  // namespace

OptionTable sampling_options() {
    return {
        {"--weights", OptionKind::text, "ema", "online, ema (the average, where there is one) or its full name: ema_0.999"},
        {"--step", OptionKind::integer, "-1", "checkpoint of a run; -1: the newest", -1},
        {.key = "--solver", .kind = OptionKind::text, .initial = "auto",
         .help = "auto: what the objective learnt; euler and heun follow the instantaneous velocity",
         .choices = {"auto", "average", "euler", "heun"}},
        {"--as-published", OptionKind::flag, "false",
         "direction forward: the tutorial's sampler, which asks for r = t - 1/n"},
    };
}

LoadedModel open_model(const std::string& target, const Invocation& invocation, Team& team) {
    std::vector<std::string> remarks;
    const Checkpoint checkpoint = find_checkpoint(target, invocation.options.integer("--step"), remarks);
    for (const std::string& line : remarks) remark(false, line);
    return load_model(checkpoint, invocation.options.text("--weights"), team);
}

SampleRequest request_of(const Invocation& invocation) {
    SampleRequest out;
    out.solver = invocation.options.text("--solver");
    out.as_published = invocation.options.flag("--as-published");
    out.seed = invocation.seed();
    return out;
}

Samples draw_samples(const LoadedModel& loaded, const SampleRequest& request, Team& team) {
    const bool reverse = is_reverse(loaded.settings);
    const SamplePlan plan{.solver = solver_of(request.solver, loaded.settings),
                          .times = times_of(request, reverse),
                          .forward_as_published = request.as_published};
    check_usage(!request.as_published || !reverse, "--as-published is about direction forward; this model is reverse");

    Samples out;
    const std::int64_t dimensions = loaded.data->sample_shape().count();
    out.values = sampling_noise(request.seed, 0, request.count, dimensions);
    const auto steps = static_cast<double>(plan.times.size() - 1);
    const auto recorded = [&](int i, const std::vector<float>& z) {
        // State i is kept when it is the nearest to one of `record` evenly spread places.
        const double places = request.record - 1;
        const double place = std::round(i / steps * places);
        if (std::lround(place / places * steps) != i) return;
        out.recorded.push_back(z);
        out.recorded_times.push_back(plan.times[static_cast<std::size_t>(i)]);
    };
    if (request.record > 0)
        sample(team, *loaded.model, plan, {}, out.values, dimensions, recorded);
    else
        sample(team, *loaded.model, plan, {}, out.values, dimensions);
    return out;
}

const PointDataset& points_of(const Dataset& data, const std::string& what) {
    const PointDataset* points = data.points();
    check_usage(points != nullptr, "{} is for points in the plane; this data set has samples of shape {}", what,
                data.sample_shape().text());
    return *points;
}

}  // namespace mf::cli
