// SPDX-License-Identifier: MIT
#include "serve/targets.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "train/run_folder.hpp"

namespace mf::serve {
namespace fs = std::filesystem;
namespace {

/// "fashion" of "runs/fashion/", and of "." the name of the folder that it is.
std::string name_of(const fs::path& path, bool run) {
    const fs::path whole = fs::absolute(path).lexically_normal();
    const fs::path last = whole.has_filename() ? whole.filename() : whole.parent_path().filename();
    return run ? last.string() : last.stem().string();
}

}  // namespace

Targets::Targets(const std::vector<fs::path>& sources) {
    for (const fs::path& path : sources) {
        if (!fs::exists(path))
            throw UsageError(fmt::format("{}: there is nothing of this name", path.string()),
                             "name a run, a checkpoint, a file of weights, or a folder of runs");
        if (is_run(path))
            add(path, true, true);
        else if (fs::is_regular_file(path))
            add(path, false, true);
        else if (fs::is_directory(path))
            folders_.push_back(path);
        else
            throw UsageError(fmt::format("{}: this is neither a file nor a folder", path.string()));
    }
    look();
}

void Targets::add(const fs::path& path, bool run, bool named) {
    if (std::ranges::find(targets_, path, &Target::path) != targets_.end()) return;
    const std::string base = name_of(path, run);
    std::string name = base;
    for (int i = 2; std::ranges::find(targets_, name, &Target::name) != targets_.end(); ++i)
        name = fmt::format("{} ({})", base, i);
    targets_.push_back({name, path, run, named});
}

void Targets::look() {
    looked_ = Clock::now();
    for (const fs::path& folder : folders_) {
        std::vector<fs::path> runs;
        std::error_code error;
        for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
            const std::string name = it->path().filename().string();
            if (!name.starts_with(".") && it->is_directory(error) && is_run(it->path()))
                runs.push_back(it->path());
        }
        std::ranges::sort(runs);
        for (const fs::path& run : runs) add(run, true, false);
    }
}

std::vector<Target> Targets::all() {
    const std::lock_guard lock(mutex_);
    if (!folders_.empty() && Clock::now() - looked_ > std::chrono::seconds(1)) look();
    return targets_;
}

std::string weights_stamp(const Target& target) {
    std::error_code error;
    fs::path file = target.path;
    if (target.run) {
        const std::vector<fs::path> checkpoints = checkpoints_of(target.path);
        if (checkpoints.empty()) return {};
        file = checkpoints.back();
    }
    const auto time = fs::last_write_time(file, error);
    if (error) return {};
    return fmt::format("{} {}", file.string(), time.time_since_epoch().count());
}

}  // namespace mf::serve
