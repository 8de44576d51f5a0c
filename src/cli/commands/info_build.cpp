// SPDX-License-Identifier: MIT
#include "cli/commands/info_build.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/json.hpp"
#include "core/isa.hpp"
#include "core/team.hpp"
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

}  // namespace mf::cli
