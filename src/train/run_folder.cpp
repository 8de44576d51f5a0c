// SPDX-License-Identifier: MIT
#include "train/run_folder.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "io/yaml.hpp"
#include "train/config.hpp"

namespace mf {
namespace {

namespace fs = std::filesystem;

fs::path made(const fs::path& path) {
    std::error_code code;
    fs::create_directories(path, code);
    check(!code, "{}: the folder cannot be made: {}", path.string(), code.message());
    return path;
}

bool holds_anything(const fs::path& path) {
    std::error_code code;
    for (const auto& entry : fs::directory_iterator(path, code))
        if (!entry.path().filename().string().starts_with(".")) return true;
    return false;
}

void write_config(const fs::path& run, const Settings& settings) {
    write_yaml(run / "config.yaml", settings.items());
}

/// Up to this step a run is the same however many steps are planned: behind it the rate falls, or a weight moves.
std::int64_t steady_until(const Settings& settings) {
    const bool weight_moves = settings.text("loss.weight") != "none" && settings.text("loss.p_end") != "same";
    if (weight_moves || settings.text("schedule.name") != "constant") return -1;
    const std::int64_t cooldown = settings.integer("schedule.cooldown");
    if (cooldown == 0) return std::numeric_limits<std::int64_t>::max();
    return std::max<std::int64_t>(0, settings.integer("train.steps") - cooldown);
}

/// Keys that say how long the run is.
bool is_length(std::string_view key) { return key == "train.steps" || key == "schedule.cooldown"; }

/// Keys that no step depends on.
bool is_free(std::string_view key) {
    constexpr std::array free = {"log.", "save.", "sample.", "evaluate.", "diagnose."};
    return std::ranges::any_of(free, [&](const char* start) { return key.starts_with(start); }) ||
           key == "train.max_skipped" || key == "train.recompute";
}

/// `done`: steps of the checkpoint that the run would go on from.
void check_same_run(const Settings& before, const Settings& after, std::int64_t done, const fs::path& path) {
    const std::int64_t steady = std::min(steady_until(before), steady_until(after));
    std::vector<std::string> refused;
    bool length = false;
    for (const std::string& line : differences(before, after)) {
        const std::string_view key = std::string_view(line).substr(0, line.find(':'));
        if (is_free(key) || (is_length(key) && done <= steady)) continue;
        length = length || is_length(key);
        refused.push_back(line);
    }
    if (refused.empty()) return;
    std::string hint = "take these keys back, or start another run with another --out";
    if (length && steady < 0)
        hint = "in this run every step depends on train.steps (a schedule); " + hint;
    else if (length)
        hint = fmt::format("from step {} on the rate falls towards the end, and {} are done; {}", steady,
                           done, hint);
    throw UsageError(
        fmt::format("{}: this run has another configuration ({})", path.string(), fmt::join(refused, "; ")),
        hint);
}

}  // namespace

RunFolder::RunFolder(const fs::path& path) : path_(made(path)), lock_(path_) {}

RunFolder RunFolder::start(const fs::path& path, const Settings& settings) {
    if (holds_anything(path))
        throw UsageError(
            fmt::format("{}: {}", path.string(),
                        is_run(path) ? "there is a run in this folder" : "this folder is not empty"),
            is_run(path) ? "--resume goes on with it; another --out starts a new one"
                         : "choose another folder with --out");
    RunFolder run(path);
    write_config(path, settings);
    return run;
}

RunFolder RunFolder::resume(const fs::path& path, const Settings& settings) {
    if (!holds_anything(path)) return start(path, settings);
    check_usage(is_run(path), "{}: there is no run in this folder to go on with", path.string());
    RunFolder run(path);
    const std::vector<fs::path> saved = checkpoints_of(path);
    check_same_run(settings_of_run(path), settings, saved.empty() ? 0 : *step_of(saved.back()), path);
    write_config(path, settings);
    return run;
}

fs::path RunFolder::save(Trainer& trainer, const Settings& settings, std::int64_t keep) {
    fs::path path = made(path_ / "checkpoints") / fmt::format("step_{}.safetensors", trainer.steps_done());
    save_checkpoint(path, trainer, settings);
    if (keep == 0) return path;
    const std::vector<fs::path> all = checkpoints_of(path_);
    std::error_code ignored;  // what cannot be deleted does no harm
    for (std::size_t i = 0; i + static_cast<std::size_t>(keep) < all.size(); ++i)
        if (all[i] != path) fs::remove(all[i], ignored);
    return path;
}

bool is_run(const fs::path& path) {
    std::error_code code;
    return fs::is_regular_file(path / "config.yaml", code);
}

Settings settings_of_run(const fs::path& path) {
    check(is_run(path), "{}: there is no run here (it has no config.yaml)", path.string());
    return resolve(read_config((path / "config.yaml").string()));
}

std::optional<std::int64_t> step_of(const fs::path& checkpoint) {
    const std::string name = checkpoint.filename().string();
    constexpr std::string_view head = "step_", tail = ".safetensors";
    if (!name.starts_with(head) || !name.ends_with(tail)) return std::nullopt;
    const char* end = name.data() + name.size() - tail.size();
    std::int64_t step = 0;
    const auto [stop, code] = std::from_chars(name.data() + head.size(), end, step);
    if (code != std::errc() || stop != end) return std::nullopt;
    return step;
}

std::vector<fs::path> checkpoints_of(const fs::path& run) {
    std::vector<fs::path> out;
    std::error_code code;
    for (const auto& entry : fs::directory_iterator(run / "checkpoints", code))
        if (step_of(entry.path())) out.push_back(entry.path());
    std::ranges::sort(out, {}, [](const fs::path& path) { return *step_of(path); });
    return out;
}

std::optional<Checkpoint> newest_checkpoint(const fs::path& run, std::vector<std::string>& remarks) {
    std::vector<fs::path> all = checkpoints_of(run);
    for (; !all.empty(); all.pop_back()) {
        try {
            return read_checkpoint(all.back());
        } catch (const Error& error) {
            remarks.push_back(
                fmt::format("{} is left out: {}", all.back().filename().string(), error.what()));
        }
    }
    return std::nullopt;
}

Checkpoint find_checkpoint(const fs::path& target, std::int64_t step, std::vector<std::string>& remarks) {
    std::error_code code;
    if (!fs::is_directory(target, code)) return read_checkpoint(target);
    if (step >= 0) return read_checkpoint(target / "checkpoints" / fmt::format("step_{}.safetensors", step));
    std::optional<Checkpoint> found = newest_checkpoint(target, remarks);
    if (!found)
        throw Error(fmt::format("{}: there is no {}checkpoint in this folder", target.string(),
                                remarks.empty() ? "" : "whole "),
                    remarks.empty() ? "a run is what 'meanflow train --out FOLDER' leaves" : remarks.back());
    return std::move(*found);
}

}  // namespace mf
