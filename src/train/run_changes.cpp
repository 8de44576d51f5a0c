// SPDX-License-Identifier: MIT
#include "train/run_changes.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "train/config.hpp"

namespace mf {
namespace {

namespace fs = std::filesystem;

constexpr std::array kPaths = {"data.path", "evaluate.judge"};

/// The same place, without "." and ".." and without a slash at its end.
fs::path from_the_root(const fs::path& path) {
    const fs::path whole = fs::absolute(path).lexically_normal();
    return whole.has_filename() || !whole.has_relative_path() ? whole : whole.parent_path();
}

template <std::size_t N>
bool is_one_of(std::string_view key, const std::array<const char*, N>& keys) {
    return std::ranges::find(keys, key) != keys.end();
}

/// Up to this step a run is the same however many steps are planned: behind it the rate falls, or a weight moves.
std::int64_t steady_until(const Settings& settings) {
    if (settings.text("schedule.name") != "constant") return -1;
    const std::int64_t cooldown = settings.integer("schedule.cooldown");
    if (cooldown == 0) return std::numeric_limits<std::int64_t>::max();
    return std::max<std::int64_t>(0, settings.integer("train.steps") - cooldown);
}

bool weight_moves(const Settings& settings) {
    return settings.text("loss.weight") != "none" && settings.text("loss.p_end") != "same";
}

/// Keys that no step depends on.
bool only_watches(std::string_view key) {
    constexpr std::array rooms = {"log.", "save.", "sample.", "evaluate.", "diagnose."};
    constexpr std::array keys = {"train.max_skipped", "train.recompute", "data.memory_mib"};
    return std::ranges::any_of(rooms, [&](const char* room) { return key.starts_with(room); }) ||
           is_one_of(key, keys);
}

/// Keys that say how fast is learnt, where the data lie and what is done where they are broken, or how much memory a step
/// takes.
bool may_change(std::string_view key) {
    constexpr std::array keys = {"optim.lr",  "optim.muon_lr", "optim.weight_decay", "optim.clip",
                                 "data.path", "data.bad",      "train.tile"};
    return key.starts_with("schedule.") || is_one_of(key, keys);
}

/// True for two texts of one value: 3e-3 and 0.003.
bool is_same_value(const Settings& before, const Settings& after, const std::string& key) {
    if (!before.has(key) || !after.has(key)) return false;
    const auto found = std::ranges::find(after.table(), key, &Option::key);
    switch (found->kind) {
        case OptionKind::real:
            return before.real(key) == after.real(key);
        case OptionKind::reals:
            return before.reals(key) == after.reals(key);
        case OptionKind::integer:
            return before.integer(key) == after.integer(key);
        case OptionKind::integers:
            return before.integers(key) == after.integers(key);
        case OptionKind::texts:
            return before.texts(key) == after.texts(key);
        default:
            return false;
    }
}

/// The same place: a run that was started with a relative path, and the path from the root.
bool is_same_place(const Settings& before, const Settings& after, const std::string& key) {
    return is_one_of(key, kPaths) && before.has(key) && after.has(key) &&
           with_absolute_paths(before).text(key) == with_absolute_paths(after).text(key);
}

/// Why the run may not get another length after `done` steps; empty: it may.
std::string why_no_other_length(const Settings& before, const Settings& after, bool schedule_changes,
                                std::int64_t done) {
    if (weight_moves(before) || weight_moves(after))
        return "in this run every step depends on train.steps (loss.p_end)";
    const std::int64_t steady = std::min(steady_until(before), steady_until(after));
    if (schedule_changes || done <= steady) return "";
    if (steady < 0)
        return "in this run every step depends on train.steps (a schedule), which may change together with "
               "schedule.name=constant";
    return fmt::format("from step {} on the rate falls towards the end, and {} are done", steady, done);
}

}  // namespace

std::vector<std::string> allowed_changes(const Settings& before, const Settings& after, std::int64_t done,
                                         const fs::path& path) {
    std::vector<std::string> lines, refused;
    std::string length;
    bool schedule_changes = false;
    for (const std::string& line : differences(before, after)) {
        const std::string key = line.substr(0, line.find(':'));
        if (only_watches(key) || is_same_value(before, after, key) || is_same_place(before, after, key))
            continue;
        schedule_changes = schedule_changes || key.starts_with("schedule.");
        if (key == "train.steps")
            length = line;
        else
            (may_change(key) ? lines : refused).push_back(line);
    }
    std::string hint = "take these keys back, or start another run with another --out";
    if (!length.empty()) {
        const std::string why = why_no_other_length(before, after, schedule_changes, done);
        if (schedule_changes && why.empty()) lines.push_back(length);
        if (!why.empty()) {
            refused.push_back(length);
            hint = why + "; " + hint;
        }
    }
    if (!refused.empty())
        throw UsageError(fmt::format("{}: this run has another configuration ({})", path.string(),
                                     fmt::join(refused, "; ")),
                         hint);
    return lines;
}

Settings with_absolute_paths(Settings settings) {
    for (const char* key : kPaths)
        if (settings.has(key) && !settings.text(key).empty())
            settings.set(key, from_the_root(settings.text(key)).string());
    return settings;
}

std::string lower_rates(const Settings& settings) {
    std::string out;
    for (const char* key : {"optim.lr", "optim.muon_lr"})
        if (settings.has(key))
            out += fmt::format("{}{}={:g}", out.empty() ? "" : " ", key, settings.real(key) / 10);
    return out;
}

}  // namespace mf
