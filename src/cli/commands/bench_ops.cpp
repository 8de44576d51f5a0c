// SPDX-License-Identifier: MIT
// meanflow bench ops: every op of the catalogue alone, at the sizes of real networks.
#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/json.hpp"
#include "cli/known_peak.hpp"
#include "cli/screen.hpp"
#include "core/error.hpp"
#include "ops/bench.hpp"
#include "ops/catalogue.hpp"
#include "ops/devices.hpp"
#include "ops/peak.hpp"

namespace mf::cli {
namespace {

Json json_of(const PassTiming& pass) {
    return Json::object({{"ms", pass.ms}, {"gflops", pass.gflops}, {"gbytes", pass.gbytes}});
}

std::string cell_of(const PassTiming& pass) {
    return pass.ms == 0 ? "-" : fmt::format("{:.3f} ms {:6.1f} {:6.1f}", pass.ms, pass.gflops, pass.gbytes);
}

int run_bench_ops(const Invocation& invocation) {
    const std::string filter = invocation.words.empty() ? "" : invocation.words[0];
    const std::string& name = invocation.options.text("--precision");
    const Precision precision = name == "bf16" ? Precision::bf16 : Precision::f32;
    Team team(invocation.threads());
    const std::unique_ptr<Device> device = open_device(invocation.device(), team);
    const bool cpu = device->host_visible();
    const std::vector<OpTiming> timings = time_ops(*device, precision, filter);
    if (timings.empty())
        throw UsageError(fmt::format("no op has '{}' in its name", filter), "meanflow info ops lists them");
    const double peak = cpu ? measure_gemm_peak(team, precision) : 0;
    std::vector<Json> rows;
    std::vector<std::vector<std::string>> table = {
        {"op", "size", "value GFLOP/s GB/s", "value + tangent", "adjoint"}};
    for (const OpTiming& one : timings) {
        if (one.lacking) {
            rows.push_back(Json::object({{"op", one.op}, {"size", one.size}, {"lacking", true}}));
            table.push_back(
                {one.op, one.size, fmt::format("{} has no kernels for it", device->name()), "", ""});
            continue;
        }
        rows.push_back(Json::object({{"op", one.op},
                                     {"size", one.size},
                                     {"value", json_of(one.value)},
                                     {"with_tangent", json_of(one.with_tangent)},
                                     {"adjoint", json_of(one.adjoint)}}));
        table.push_back(
            {one.op, one.size, cell_of(one.value), cell_of(one.with_tangent), cell_of(one.adjoint)});
    }
    if (invocation.json())
        fmt::print("{}\n", Json::object({{"precision", name},
                                         {"device", device->name()},
                                         {"peak_gflops", known_peak(peak)},
                                         {"ops", Json::array(rows)}})
                               .text());
    else
        fmt::print("{}{}\n", text_table(table),
                   peak > 0 ? fmt::format("ceiling of matrix products: {:.0f} GFLOP/s ({}, {} threads)", peak,
                                          name, team.size())
                   : cpu    ? std::string(kNoPeak)
                            : "computed by " + device->name());
    return 0;
}

}  // namespace

Command bench_ops_command() {
    Command out;
    out.name = "bench ops";
    out.summary = "time each op alone: value, value and tangent, adjoint";
    out.usage = "[NAME] [--precision f32|bf16] [--json]";
    out.example = "  meanflow bench ops linear --precision bf16";
    out.options = {
        {"--precision", OptionKind::text, "f32", "what GEMM reads", 0, 0, {"f32", "bf16"}},
    };
    out.takes_device = true;
    out.has_results = true;
    out.most_words = 1;
    out.run = run_bench_ops;
    return out;
}

}  // namespace mf::cli
