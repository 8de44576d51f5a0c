// SPDX-License-Identifier: MIT
// meanflow bench metrics: what the arithmetic of a FID costs without its network.
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/json.hpp"
#include "cli/screen.hpp"
#include "core/rng.hpp"
#include "core/stopwatch.hpp"
#include "metrics/frechet.hpp"
#include "metrics/product_f64.hpp"

namespace mf::cli {
namespace {

/// Seconds of the fastest of `repeats` calls: what else the machine does only adds.
template <class Function>
double fastest(std::int64_t repeats, Function function) {
    double best = std::numeric_limits<double>::infinity();
    for (std::int64_t i = 0; i < repeats; ++i) {
        Stopwatch watch;
        function();
        best = std::min(best, watch.seconds());
    }
    return best;
}

int run_bench_metrics(const Invocation& invocation) {
    const std::int64_t d = invocation.options.integer("--features"),
                       n = invocation.options.integer("--images"),
                       repeats = invocation.options.integer("--repeats");
    Team team(invocation.threads());
    std::vector<float> rows(static_cast<std::size_t>(n * d));
    Random(invocation.seed(), Stream::test).normal_vector(rows.data(), n * d, 0);
    const MatrixView x = as_rows(rows, d);
    std::vector<double> a(static_cast<std::size_t>(d * d), 0.5), c(a.size());
    const auto flops = [](double seconds, double count) { return count / seconds * 1e-9; };
    const auto dd = static_cast<double>(d), nn = static_cast<double>(n);

    const double product = fastest(repeats, [&] {
        multiply(c.data(), d, {a.data(), d}, {a.data(), d}, d, d, d, Part::whole, team);
    });
    const double sums = fastest(repeats, [&] {
        GaussianFit fit(d);
        fit.add(x, team);
    });
    const Gaussian one = fit_gaussian({x.data, n / 2, d}, team),
                   two = fit_gaussian({x.row(n / 2), n - n / 2, d}, team);
    const double trace = fastest(repeats, [&] { (void)frechet_terms(one, two, team); });

    const double peak = flops(product, 2 * dd * dd * dd), rate = flops(sums, nn * dd * (dd + 1));
    if (invocation.json()) {
        fmt::print("{}\n", Json::object({{"features", d},
                                         {"images", n},
                                         {"threads", team.size()},
                                         {"product_gflops", peak},
                                         {"covariance_gflops", rate},
                                         {"covariance_share", rate / peak},
                                         {"images_per_second", nn / sums},
                                         {"distance_seconds", trace}})
                               .text());
        return 0;
    }
    fmt::print(
        "{}",
        text_table({{"work", "seconds", "GFLOP/s", "of the ceiling"},
                    {fmt::format("product of two {} x {}, double (the ceiling)", d, d),
                     fmt::format("{:.3f}", product), fmt::format("{:.1f}", peak), "100 %"},
                    {fmt::format("sums of {} x {}, half by symmetry", n, d), fmt::format("{:.3f}", sums),
                     fmt::format("{:.1f}", rate), fmt::format("{:.0f} %", 100 * rate / peak)},
                    {"distance with the trace of the root", fmt::format("{:.3f}", trace), "-", "-"}}));
    return 0;
}

}  // namespace

Command bench_metrics_command() {
    Command out;
    out.name = "bench metrics";
    out.summary =
        "time the arithmetic of a FID: covariances and the trace of their root, in double precision";
    out.usage = "[--features 2048] [--images 8192] [--json]";
    out.example = "  meanflow bench metrics";
    out.options = {
        {"--features", OptionKind::integer, "2048", "numbers of an image", 2, 16384},
        {"--images", OptionKind::integer, "8192", "images", 4, 1000000},
        {"--repeats", OptionKind::integer, "3", "the fastest of so many counts", 1, 1000},
    };
    out.has_results = true;
    out.run = run_bench_metrics;
    return out;
}

}  // namespace mf::cli
