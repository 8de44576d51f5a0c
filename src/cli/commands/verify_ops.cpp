// SPDX-License-Identifier: MIT
#include "cli/commands/verify_ops.hpp"

#include <array>

#include <fmt/format.h>

#include "cli/json.hpp"
#include "core/error.hpp"
#include "core/isa.hpp"
#include "ops/devices.hpp"
#include "train/build_info.hpp"
#include "verify/battery/battery.hpp"
#include "verify/check_file.hpp"

namespace mf::cli {
namespace {

using verify::OpReport;
using verify::OpState;

/// What device_lines says of the device that was opened.
DeviceLine line_of(const Device& device) {
    std::string ignored;
    for (DeviceLine& line : device_lines(ignored))
        if (line.name == device.name()) return std::move(line);
    return {device.name(), "", 0, ""};
}

void print_head(const DeviceLine& line, double allowance) {
    fmt::print("meanflow {} ({}, {}, {})\n", program_version(), build_commit(), build_compiler(),
               chosen_isa());
    fmt::print(
        "device {}: {}{}{}\n", line.name, line.about, line.driver.empty() ? "" : ", driver " + line.driver,
        line.memory == 0 ? "" : fmt::format(", {:.1f} GiB", static_cast<double>(line.memory) / (1 << 30)));
    fmt::print("the largest errors, each as a share of what is allowed{} (1 is just right):\n",
               allowance == 1 ? "" : fmt::format(", {:g} times what the CPU's ops are", allowance));
    fmt::print("{:<18}{:>6}{:>9}{:>9}{:>9}{:>9}\n", "op", "cases", "value", "tangent", "adjoint", "CPU");
}

void print_report(const OpReport& one) {
    if (one.state == OpState::lacks)
        fmt::print("{:<18}{:>6}  lacks: {}\n", one.op, one.cases, one.complaint);
    else
        fmt::print("{:<18}{:>6}{:>9.3f}{:>9.3f}{:>9.3f}{:>9.3f}  {}{}\n", one.op, one.cases, one.value,
                   one.tangent, one.adjoint, one.devices, verify::name_of(one.state),
                   one.complaint.empty() ? "" : ": " + one.complaint);
    std::fflush(stdout);
}

Json json_of(const OpReport& one) {
    return Json::object({{"op", one.op},
                         {"cases", static_cast<std::int64_t>(one.cases)},
                         {"state", one.state == OpState::failed ? "failed" : verify::name_of(one.state)},
                         {"value", one.value},
                         {"tangent", one.tangent},
                         {"adjoint", one.adjoint},
                         {"cpu", one.devices},
                         {"complaint", one.complaint}});
}

}  // namespace

int verify_ops(const Invocation& invocation) {
    refuse_options(invocation, {"--precision"},
                   "is for golden vectors; the cases of ops have both precisions");
    const std::string filter = invocation.words.empty() ? "" : invocation.words[0];
    std::vector<const OpEntry*> ops;
    for (const OpEntry& entry : op_catalogue())
        if (entry.name.find(filter) != std::string::npos) ops.push_back(&entry);
    if (ops.empty())
        throw UsageError(fmt::format("--ops: no op has '{}' in its name", filter),
                         "meanflow info ops lists them");
    Team team(invocation.threads());
    const std::unique_ptr<Device> device = open_device(invocation.device(), team);
    const DeviceLine line = line_of(*device);
    const bool silent = invocation.json() || invocation.quiet();
    const double allowance = verify::allowance_of(*device);
    if (!silent) print_head(line, allowance);
    std::vector<Json> rows;
    std::array<std::int64_t, 3> counts{};
    for (const OpEntry* entry : ops) {
        const OpReport one = verify::check_op(*entry, *device, allowance);
        ++counts[static_cast<std::size_t>(one.state)];
        rows.push_back(json_of(one));
        if (!silent || (!invocation.json() && one.state == OpState::failed)) print_report(one);
    }
    const std::int64_t failed = counts[static_cast<std::size_t>(OpState::failed)];
    if (invocation.json())
        fmt::print("{}\n", Json::object({{"version", program_version()},
                                         {"commit", build_commit()},
                                         {"compiler", build_compiler()},
                                         {"device", line.name},
                                         {"about", line.about},
                                         {"driver", line.driver},
                                         {"memory_bytes", line.memory},
                                         {"allowance", allowance},
                                         {"ops", Json::array(rows)},
                                         {"failed", failed}})
                               .text());
    else if (!silent)
        fmt::print("{} ok, {} lack kernels, {} failed\n", counts[0], counts[1], failed);
    return failed > 0 ? 1 : 0;
}

}  // namespace mf::cli
