// SPDX-License-Identifier: MIT
#include "train/run_folder.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "io/file.hpp"
#include "io/yaml.hpp"
#include "train/config.hpp"
#include "train/run_changes.hpp"
#include "train/set_aside.hpp"
#include "train/younger_keys.hpp"

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

/// Names of the checkpoints that are never deleted, a line each.
fs::path pins_of(const fs::path& run) { return run / "checkpoints" / "pinned"; }

std::vector<std::string> pinned_in(const fs::path& run) {
    std::vector<std::string> out;
    std::ifstream file(pins_of(run));
    for (std::string line; std::getline(file, line);) out.push_back(line);
    return out;
}

/// The newest checkpoint that `refuse` says nothing against; its words about the others become remarks.
template <class Refuse>
std::optional<Checkpoint> newest_of(const fs::path& run, std::vector<std::string>& remarks, Refuse refuse) {
    std::vector<fs::path> all = checkpoints_of(run);
    for (; !all.empty(); all.pop_back()) {
        std::string why;
        try {
            Checkpoint found = read_checkpoint(all.back());
            why = refuse(found);
            if (why.empty()) return found;
        } catch (const Error& error) {
            why = error.what();
        }
        remarks.push_back(fmt::format("{} is left out: {}", all.back().filename().string(), why));
    }
    return std::nullopt;
}

[[noreturn]] void refuse_missing_step(const fs::path& run, std::int64_t step) {
    std::vector<std::int64_t> steps;
    for (const fs::path& path : checkpoints_of(run)) steps.push_back(*step_of(path));
    throw Error(
        fmt::format("{}: has no checkpoint of step {}", run.string(), step),
        steps.empty() ? "it has none at all" : fmt::format("it has those of {}", fmt::join(steps, ", ")));
}

/// Why a run cannot go on from these numbers; empty when they are all finite.
std::string what_is_not_finite(const Checkpoint& checkpoint) {
    for (const auto& [name, tensor] : checkpoint.file.tensors)
        if (tensor.dtype() == DType::f32 &&
            !std::ranges::all_of(tensor.floats(), [](float x) { return std::isfinite(x); }))
            return fmt::format("{} is not finite", name);
    return "";
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

RunFolder RunFolder::resume(const fs::path& path, const Settings& settings, std::int64_t step) {
    if (!holds_anything(path)) return start(path, settings);
    check_usage(is_run(path), "{}: there is no run in this folder to go on with", path.string());
    RunFolder run(path);
    if (step < 0) {
        run.point_ = newest_good_checkpoint(path, run.remarks_);
    } else {
        run.point_ = find_checkpoint(path, step, run.remarks_);
        if (const std::string why = what_is_not_finite(*run.point_); !why.empty())
            throw Error(fmt::format("{}: {}", run.point_->path.string(), why),
                        "a run cannot go on from it; an older --step may do");
    }
    run.changes_ = allowed_changes(settings_of_run(path), settings, run.point_ ? run.point_->step : 0, path);
    return run;
}

fs::path RunFolder::begin(const Settings& settings, std::int64_t done) {
    fs::path aside = set_aside_after(path_, done);
    write_config(path_, settings);
    return aside;
}

fs::path RunFolder::save(Trainer& trainer, const Settings& settings, std::int64_t keep) {
    fs::path path = made(path_ / "checkpoints") / fmt::format("step_{}.safetensors", trainer.steps_done());
    save_checkpoint(path, trainer, settings);
    rotate(keep);
    return path;
}

void RunFolder::rotate(std::int64_t keep) const {
    if (keep == 0) return;
    std::vector<fs::path> all = checkpoints_of(path_);
    const std::vector<std::string> pinned = pinned_in(path_);
    std::erase_if(all, [&](const fs::path& one) {
        return std::ranges::find(pinned, one.filename().string()) != pinned.end();
    });
    std::error_code ignored;  // what cannot be deleted does no harm
    for (std::size_t i = 0; i + static_cast<std::size_t>(keep) < all.size(); ++i) fs::remove(all[i], ignored);
}

void RunFolder::pin(const fs::path& checkpoint) const {
    const std::string name = checkpoint.filename().string();
    std::vector<std::string> names = pinned_in(path_);
    if (std::ranges::find(names, name) != names.end()) return;
    names.push_back(name);
    write_file_atomically(pins_of(path_), fmt::format("{}\n", fmt::join(names, "\n")));
}

bool is_run(const fs::path& path) {
    std::error_code code;
    return fs::is_regular_file(path / "config.yaml", code);
}

Settings settings_of_run(const fs::path& path) {
    check(is_run(path), "{}: there is no run here (it has no config.yaml)", path.string());
    return resolve(with_younger_keys(read_config((path / "config.yaml").string())));
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
    return newest_of(run, remarks, [](const Checkpoint&) { return std::string(); });
}

std::optional<Checkpoint> newest_good_checkpoint(const fs::path& run, std::vector<std::string>& remarks) {
    return newest_of(run, remarks, what_is_not_finite);
}

Checkpoint find_checkpoint(const fs::path& target, std::int64_t step, std::vector<std::string>& remarks) {
    std::error_code code;
    if (!fs::is_directory(target, code)) return read_checkpoint(target);
    if (step >= 0) {
        const fs::path path = target / "checkpoints" / fmt::format("step_{}.safetensors", step);
        if (!fs::exists(path, code)) refuse_missing_step(target, step);
        return read_checkpoint(path);
    }
    std::optional<Checkpoint> found = newest_checkpoint(target, remarks);
    if (!found)
        throw Error(fmt::format("{}: there is no {}checkpoint in this folder", target.string(),
                                remarks.empty() ? "" : "whole "),
                    remarks.empty() ? "a run is what 'meanflow train --out FOLDER' leaves" : remarks.back());
    return std::move(*found);
}

}  // namespace mf
