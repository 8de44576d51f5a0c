// SPDX-License-Identifier: MIT
#include "cli/inference_timing.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/json.hpp"
#include "cli/known_peak.hpp"
#include "cli/process.hpp"
#include "core/stopwatch.hpp"
#include "ops/peak.hpp"

namespace mf::cli {

void time_inference(InferenceTiming& timing, const Invocation& invocation, Team& team,
                    const std::function<void()>& work) {
    const auto repeat = static_cast<std::size_t>(invocation.options.integer("--repeat"));
    const double seconds = invocation.options.real("--seconds");
    std::vector<double> ms;
    for (const Stopwatch all; ms.size() < 4 || (ms.size() <= repeat && all.seconds() < seconds);) {
        // The ceiling in turns with the work: both then meet the same clock and the same neighbours.
        timing.peak = std::max(timing.peak, measure_gemm_peak(team, timing.peak_precision));
        const Stopwatch watch;
        work();
        ms.push_back(watch.seconds() * 1e3);
    }
    timing.first = ms.front();
    ms.erase(ms.begin());
    std::ranges::sort(ms);
    timing.n = std::ssize(ms);
    timing.least = ms.front(), timing.median = ms[ms.size() / 2];
}

void print_inference(const Invocation& invocation, const InferenceTiming& timing, const std::string& work,
                     const std::string& heading, std::int64_t images) {
    const InferenceTiming& t = timing;
    const double rss = mebibytes(peak_resident_bytes()), gflops = t.gflop / t.least * 1e3,
                 rate = static_cast<double>(images) / t.least * 1e3;
    if (invocation.json()) {
        std::vector<Json::Member> members = {{"work", work},
                                             {"precision", invocation.options.text("--precision")}};
        if (images > 0) members.emplace_back("images_per_s", rate);
        const std::vector<Json::Member> rest = {
            {"prepare_ms", t.prepare},
            {"ms", Json::object({{"first", t.first}, {"min", t.least}, {"median", t.median}, {"n", t.n}})},
            {"gflop", t.gflop},
            {"gflops", gflops},
            {"peak_gflops", known_peak(t.peak)},
            {"peak_share", share_of_peak(gflops, t.peak)},
            {"plan_mib", t.plan},
            {"rss_mib", rss}};
        members.insert(members.end(), rest.begin(), rest.end());
        fmt::print("{}\n", Json::object(members).text());
        return;
    }
    fmt::print(
        "{}: {}{:.0f} ms at best, {:.0f} ms in the median of {} (first {:.0f}, weights made ready in "
        "{:.0f})\n",
        heading, images > 0 ? fmt::format("{:.1f} a second; ", rate) : "", t.least, t.median, t.n, t.first,
        t.prepare);
    const std::string peak =
        t.peak > 0 ? fmt::format("{:.2f} times the {:.0f} GFLOP/s measured for GEMM ({})", gflops / t.peak,
                                 t.peak, t.peak_precision == Precision::bf16 ? "bf16" : "f32")
                   : std::string(kNoPeak);
    fmt::print("{:.0f} GFLOP by the definition, {:.0f} GFLOP/s of it, {}\n", t.gflop, gflops, peak);
    fmt::print("{:.0f} MiB of the process at most, {:.0f} MiB of them pictures on their way\n", rss, t.plan);
}

std::vector<Option> inference_options(const std::string& seconds) {
    return {
        {"--precision", OptionKind::text, "f32", "what GEMM reads", 0, 0, {"f32", "bf16"}},
        {"--repeat", OptionKind::integer, "20", "runs that are timed, after a first one", 3, 1'000'000},
        {"--seconds", OptionKind::real, seconds, "at most so long (but three runs)", 0.01, 1e6},
    };
}

}  // namespace mf::cli
