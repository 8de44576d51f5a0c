// SPDX-License-Identifier: MIT
#include "generate/sampling.hpp"

#include <cmath>

#include "core/error.hpp"
#include "generate/guidance.hpp"
#include "objectives/objective.hpp"
#include "ops/cpu/cpu_device.hpp"

namespace mf {
namespace {

Solver solver_of(const std::string& name, const Settings& settings) {
    check_usage(name == "auto" || name == "average" || name == "euler" || name == "heun",
                "solver '{}' is not known; there are auto, average, euler, heun", name);
    if (name == "euler") return Solver::euler;
    if (name == "heun") return Solver::heun;
    const bool interval =
        objective_catalogue().at(settings.text("objective.name")).make(settings)->needs_interval();
    if (name == "average" && !interval)
        throw UsageError(
            fmt::format("--solver average needs an average velocity; objective.name={} learns none",
                        settings.text("objective.name")),
            "take --solver euler or heun");
    return name == "average" || interval ? Solver::average : Solver::euler;
}

std::vector<double> times_of(const SampleRequest& request, bool reverse) {
    if (request.times.empty()) return uniform_times(request.steps, !reverse);
    const std::vector<double>& times = request.times;
    check_times(times);
    check_usage(times.front() == (reverse ? 1.0 : 0.0),
                "--times must begin with {}, which is noise in this model", reverse ? 1 : 0);
    return times;
}

void check_solver(const SampleRequest& request, const LoadedModel& loaded, Solver solver) {
    if (!request.as_published) return;
    if (loaded.settings.text("path.direction") == "reverse")
        throw UsageError("--as-published is about direction forward; this model is reverse",
                         "leave --as-published out");
    if (solver != Solver::average)
        throw UsageError(
            "--as-published is about average velocities; this solver follows the instantaneous one",
            "leave --as-published out, or take --solver average");
}

/// The times at which the network is asked for a velocity.
std::vector<double> asked_times(const SamplePlan& plan) {
    std::vector<double> out = plan.times;
    if (plan.solver != Solver::heun) out.pop_back();
    return out;
}

}  // namespace

int steps_of(const SampleRequest& request) {
    return request.times.empty() ? request.steps : static_cast<int>(request.times.size()) - 1;
}

Samples draw_samples(const LoadedModel& loaded, const SampleRequest& request, Team& team,
                     SampleMemory* memory) {
    const GuidanceRequest guidance =
        with_recommended(loaded, request.guidance, steps_of(request), request.remarks);
    const std::string& direction = loaded.settings.text("path.direction");
    const bool reverse = direction == "reverse";
    SamplePlan plan{.solver = solver_of(request.solver, loaded.settings),
                    .times = times_of(request, reverse),
                    .look_behind = request.as_published || direction == "forward_as_published",
                    .precision = loaded.eight_bits ? Precision::bf16 : request.precision,
                    .second_pass = {},
                    .stop = request.stop};
    check_solver(request, loaded, plan.solver);
    check_guidance(loaded, guidance);
    plan.second_pass = second_pass_of(loaded, guidance, request.count);
    const Condition condition = condition_of(loaded, guidance, request.seed, request.count, request.first);
    if (request.remarks)
        for (const std::string& line : guidance_remarks(loaded, guidance, asked_times(plan)))
            tell(request.remarks, line);

    Samples out;
    const std::int64_t dimensions = loaded.sample.shape.count();
    out.values = request.noise.empty()
                     ? sampling_noise(request.seed, static_cast<std::uint64_t>(request.first), request.count,
                                      dimensions)
                     : request.noise;
    check(std::ssize(out.values) == request.count * dimensions, "[sample] {} numbers of noise for {} samples",
          out.values.size(), request.count);
    const auto steps = static_cast<double>(plan.times.size() - 1);
    const auto recorded = [&](std::int64_t i, const std::vector<float>& z) {
        // State i is kept when it is the nearest to one of `record` evenly spread places.
        const double places = request.record - 1;
        const double place = std::round(static_cast<double>(i) / steps * places);
        if (std::llround(place / places * steps) != i) return;
        out.recorded.push_back(z);
        out.recorded_times.push_back(plan.times[static_cast<std::size_t>(i)]);
    };
    CpuDevice cpu_device(team);
    Device& device = loaded.device != nullptr ? *loaded.device : cpu_device;
    if (request.record > 0)
        sample(device, *loaded.model, plan, condition, out.values, dimensions, recorded, memory);
    else
        sample(device, *loaded.model, plan, condition, out.values, dimensions, nullptr, memory);
    if (loaded.decoder != nullptr) {
        out.values = loaded.decoder->decode(team, out.values, loaded.sample.shape, request.stop);
        for (std::vector<float>& state : out.recorded)
            state = loaded.decoder->decode(team, state, loaded.sample.shape, request.stop);
    }
    return out;
}

const PointDataset& points_of(const Dataset& data, const std::string& what) {
    const PointDataset* points = data.points();
    check_usage(points != nullptr, "{} is for points in the plane; this data set has samples of shape {}",
                what, data.sample_shape().text());
    return *points;
}

const PointDataset& points_of(const LoadedModel& model, const std::string& what) {
    if (model.data != nullptr) return points_of(*model.data, what);
    check_usage(model.sample.shape.rank() == 1,
                "{} is for points in the plane; this network draws samples of shape {}", what,
                model.sample.shape.text());
    throw UsageError(
        fmt::format("{} compares with the points that the network learnt; they were in the memory of a "
                    "program and are not here",
                    what),
        "samples go to files of numbers: meanflow sample RUN --out x.npz");
}

}  // namespace mf
