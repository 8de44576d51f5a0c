// SPDX-License-Identifier: MIT
#include "cli/commands/info_build.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/json.hpp"
#include "core/isa.hpp"
#include "core/team.hpp"
#include "ops/devices.hpp"
#include "ops/peak.hpp"
#include "train/build_info.hpp"

namespace mf::cli {

void print_build(bool json) {
    const std::vector<std::string> sets = built_isas();
    if (json) {
        fmt::print("{}\n", Json::object({{"version", program_version()},
                                         {"commit", build_commit()},
                                         {"compiler", build_compiler()},
                                         {"isas", Json::array_of(sets)},
                                         {"isa", chosen_isa()},
                                         {"why", why_this_isa()},
                                         {"multiplies_bf16", multiplies_bf16()},
                                         {"cores", usable_cores()}})
                               .text());
        return;
    }
    const std::vector<std::pair<const char*, std::string>> lines = {
        {"version", std::string(program_version())},
        {"built from", std::string(build_commit())},
        {"built by", std::string(build_compiler())},
        {"instruction sets", fmt::format("{}", fmt::join(sets, ", "))},
        {"runs with", fmt::format("{}: {}", chosen_isa(), why_this_isa())},
        {"bf16", multiplies_bf16() ? "multiplied in pairs" : "no faster than f32 with this set"},
        {"cores", std::to_string(usable_cores())}};
    for (const auto& [name, value] : lines) fmt::print("{:<18}{}\n", name, value);
}

void print_devices(bool json) {
    std::string remark;
    const std::vector<DeviceLine> all = device_lines(remark);
    if (json) {
        std::vector<Json> rows;
        for (const DeviceLine& each : all)
            rows.push_back(
                Json::object({{"name", each.name}, {"about", each.about}, {"memory_bytes", each.memory}}));
        fmt::print("{}\n", Json::object({{"devices", Json::array(rows)}, {"remark", remark}}).text());
        return;
    }
    for (const DeviceLine& each : all)
        fmt::print("{:<12}{}{}\n", each.name, each.about,
                   each.memory == 0
                       ? ""
                       : fmt::format(", {:.1f} GiB", static_cast<double>(each.memory) / (1 << 30)));
    if (!remark.empty()) fmt::print("no others: {}\n", remark);
}

}  // namespace mf::cli
