// SPDX-License-Identifier: MIT
// meanflow bench step: how long a warm training step takes, and how near that is to the machine's best.
#include <algorithm>

#include <fmt/format.h>

#include "cli/allocation_counter.hpp"
#include "cli/commands/commands.hpp"
#include "cli/config_items.hpp"
#include "cli/json.hpp"
#include "cli/known_peak.hpp"
#include "cli/process.hpp"
#include "core/stopwatch.hpp"
#include "ops/device_rate.hpp"
#include "ops/peak.hpp"
#include "train/build_info.hpp"
#include "train/config.hpp"
#include "train/trainer.hpp"

namespace mf::cli {
namespace {

struct StepTiming {
    std::vector<double> ms;  ///< sorted
    double allocations_per_step = 0;
    Traffic traffic;  ///< of all of them, with a device that is not the host
};

/// At most `steps` steps after at most `warm_up` others, each for at most `seconds` (but two and three in any case).
/// Only whole steps are timed, with the data drawn inside.
StepTiming time_steps(Trainer& trainer, std::int64_t warm_up, std::int64_t steps, double seconds) {
    Stopwatch all;
    for (std::int64_t i = 0; i < warm_up && (i < 2 || all.seconds() < seconds); ++i) trainer.step();
    StepTiming out;
    out.ms.reserve(static_cast<std::size_t>(steps));
    const std::uint64_t before = heap_allocations() + trainer.pool_allocations();
    const Traffic traffic_before = trainer.traffic();
    all = {};
    for (std::int64_t i = 0; i < steps && (i < 3 || all.seconds() < seconds); ++i) {
        Stopwatch watch;
        trainer.step();
        out.ms.push_back(watch.seconds() * 1e3);
    }
    out.traffic = trainer.traffic() - traffic_before;
    const std::uint64_t after = heap_allocations() + trainer.pool_allocations();
    out.allocations_per_step = static_cast<double>(after - before) / static_cast<double>(out.ms.size());
    std::ranges::sort(out.ms);
    return out;
}

/// A share of each step, by name as --json has it.
std::vector<std::pair<std::string, double>> traffic_per_step(const StepTiming& timing) {
    const Traffic& all = timing.traffic;
    const auto share = [&](std::uint64_t count) {
        return static_cast<double>(count) / static_cast<double>(timing.ms.size());
    };
    return {{"uploads", share(all.uploads)},     {"uploaded_bytes", share(all.uploaded_bytes)},
            {"downloads", share(all.downloads)}, {"downloaded_bytes", share(all.downloaded_bytes)},
            {"launches", share(all.launches)},   {"library_products", share(all.products)},
            {"fills", share(all.fills)}};
}

/// Empty for the host, to which nothing has to go.
std::string traffic_line(const StepTiming& timing) {
    const auto all = traffic_per_step(timing);
    if (timing.traffic.uploads == 0) return "";
    return fmt::format(
        "a step uploads {:.0f} bytes ({:g} times) and downloads {:.0f} ({:g} times); {:g} kernels, {:g} "
        "products by "
        "a library, {:g} copies and fills\n",
        all[1].second, all[0].second, all[3].second, all[2].second, all[4].second, all[5].second,
        all[6].second);
}

int run_bench_step(const Invocation& invocation) {
    const Settings settings = resolve(config_items(
        invocation, invocation.words.empty() ? std::string(default_config) : invocation.words[0]));
    Trainer trainer(settings, {invocation.threads(), invocation.device()});
    const StepTiming timing =
        time_steps(trainer, invocation.options.integer("--warm-up"), invocation.options.integer("--repeat"),
                   invocation.options.real("--seconds"));
    const double rss = mebibytes(peak_resident_bytes());

    const Precision precision = settings.text("precision") == "bf16" ? Precision::bf16 : Precision::f32;
    // Of what computes: by the machine's best library on the CPU, by its own kernels on another device.
    const double peak = trainer.device()->host_visible() ? measure_gemm_peak(trainer.team(), precision)
                                                         : measure_gemm_rate(*trainer.device(), precision);
    const double least = timing.ms.front(), median = timing.ms[timing.ms.size() / 2];
    const double gflop = trainer.flops_per_step() * 1e-9, gflops = gflop / (median * 1e-3);
    if (invocation.json()) {
        const auto counts = traffic_per_step(timing);
        std::vector<Json::Member> traffic;  // names stay those of `counts`
        for (const auto& [name, count] : counts) traffic.emplace_back(name, count);
        const auto n = static_cast<std::int64_t>(timing.ms.size());
        fmt::print("{}\n", Json::object({{"ms", Json::object({{"min", least}, {"median", median}, {"n", n}})},
                                         {"gflop", gflop},
                                         {"gflops", gflops},
                                         {"peak_gflops", known_peak(peak)},
                                         {"peak_share", share_of_peak(gflops, peak)},
                                         {"rss_mib", rss},
                                         {"plan_mib", mebibytes(trainer.plan_bytes())},
                                         {"allocations_per_step", timing.allocations_per_step},
                                         {"device", trainer.device_name()},
                                         {"traffic_per_step", Json::object(traffic)}})
                               .text());
        return 0;
    }
    fmt::print("{} steps: {:.2f} ms at best, {:.2f} ms in the median\n", timing.ms.size(), least, median);
    fmt::print("{:.3f} GFLOP a step, {:.0f} GFLOP/s, {}\n", gflop, gflops,
               peak > 0 ? fmt::format("{:.0f}% of {:.0f} GFLOP/s measured for GEMM ({})", 100 * gflops / peak,
                                      peak, settings.text("precision"))
                        : std::string(kNoPeak));
    fmt::print("{:.1f} MiB of the process, {:.1f} MiB of them the step's plan; {:g} allocations a step\n",
               rss, mebibytes(trainer.plan_bytes()), timing.allocations_per_step);
    fmt::print("{}", traffic_line(timing));
    return 0;
}

}  // namespace

Command bench_step_command() {
    Command out;
    out.name = "bench step";
    out.takes_device = true;
    out.summary = "time a warm training step";
    out.usage = "[CONFIG] [key=value ...] [--repeat 200] [--json]";
    out.example = "  meanflow bench step toy/imf precision=bf16 --json";
    out.options = {
        {"--repeat", OptionKind::integer, "200", "steps that are timed", 1, 1000000},
        {"--seconds", OptionKind::real, "10", "at most so long for the warm-up, and for what is timed", 0.01,
         1e6},
        {"--warm-up", OptionKind::integer, "20", "steps before them", 1, 1000000},
        {.key = "--precision",
         .kind = OptionKind::text,
         .initial = "f32",
         .help = "the key precision by another name; without both, what the configuration says",
         .choices = {"f32", "bf16"}},
    };
    out.has_results = true;
    out.takes_overrides = true;
    out.most_words = 1;
    out.run = run_bench_step;
    return out;
}

}  // namespace mf::cli
