// SPDX-License-Identifier: MIT
#include "train/memory_account.hpp"

#include <string>
#include <vector>

#include <fmt/ranges.h>

namespace mf {
namespace {

std::string mebibytes_of(std::size_t bytes) {
    return fmt::format("{:.1f}", static_cast<double>(bytes) / 1048576.0);
}

/// What takes less memory, with the values that it has now.
std::string what_to_lower(const MemoryAccount& account, const Settings& settings) {
    std::vector<std::string> ways;
    if (account.activations > 0) {
        if (account.rows > 1)
            ways.push_back(fmt::format("a smaller train.tile (it is {}: {} rows at a time)",
                                       settings.integer("train.tile"), account.rows));
        if (!settings.flag("train.recompute")) ways.emplace_back("train.recompute=true (it is false)");
        if (settings.integer("train.batch") > 1 && account.rows > 1)
            ways.push_back(fmt::format("a smaller train.batch (it is {})", settings.integer("train.batch")));
    } else {
        ways.emplace_back("a smaller network");
        if (const auto decays = settings.texts("ema.decays"); !decays.empty())
            ways.push_back(fmt::format("fewer averages (ema.decays is {})", fmt::join(decays, ",")));
    }
    if (ways.empty()) ways.emplace_back("a smaller network");
    return fmt::format("what needs less: {}", fmt::join(ways, ", "));
}

}  // namespace

OutOfMemory with_account(const OutOfMemory& error, const MemoryAccount& account, const Settings& settings) {
    std::vector<std::string> parts;
    const auto add = [&](const char* name, std::size_t bytes) {
        if (bytes > 0) parts.push_back(fmt::format("{} {}", name, mebibytes_of(bytes)));
    };
    add("weights", account.weights);
    add("their copies in bf16", account.copies);
    add("gradients", account.gradients);
    add("moments", account.moments);
    add("averages", account.averages);
    if (account.activations > 0)
        parts.push_back(fmt::format("activations of {} row{} {} so far", account.rows,
                                    account.rows == 1 ? "" : "s", mebibytes_of(account.activations)));
    std::string line = error.what();
    if (!parts.empty())
        line += fmt::format("; this run needs {} MiB and more: {}", mebibytes_of(account.total()),
                            fmt::join(parts, ", "));
    return OutOfMemory(line, what_to_lower(account, settings));
}

}  // namespace mf
