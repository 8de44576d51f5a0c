// SPDX-License-Identifier: MIT
#include "serve/run_shelf.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include "core/error.hpp"
#include "io/file.hpp"
#include "io/shown.hpp"
#include "train/config.hpp"
#include "train/run_folder.hpp"

namespace mf::serve {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kMostSheetBytes = std::uint64_t{64} << 20;
constexpr std::size_t kLastRows = 20;  // whose mean stands for "now"

/// The number in "step_0000500.png", or -1.
std::int64_t sheet_step(const std::string& name) {
    if (!name.starts_with("step_") || !name.ends_with(".png") || name.size() > 32) return -1;
    const std::string digits = name.substr(5, name.size() - 9);
    std::int64_t step = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), step);
    return error == std::errc() && end == digits.data() + digits.size() && !digits.empty() ? step : -1;
}

std::map<std::int64_t, fs::path> sheets_of(const fs::path& run) {
    std::map<std::int64_t, fs::path> out;
    std::error_code error;
    for (fs::directory_iterator it(run / "samples", error), end; !error && it != end; it.increment(error))
        if (const std::int64_t step = sheet_step(it->path().filename().string()); step >= 0)
            out[step] = it->path();
    return out;
}

/// Whether somebody holds the lock of the run. Asked of the system's list: trying the lock would keep a run that begins
/// at that moment from getting it.
bool is_locked(const fs::path& run) {
    struct stat lock {};
    if (::stat((run / ".lock").c_str(), &lock) != 0) return false;
    const std::string inode = fmt::format(":{}", lock.st_ino);
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);) {
        std::istringstream words(line);
        std::string number, kind, manner, mode, process, file;
        words >> number >> kind >> manner >> mode >> process >> file;
        if (kind == "FLOCK" && mode == "WRITE" && file.ends_with(inode)) return true;
    }
    return false;
}

Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

/// Mean of the last rows of a column; null when there are none.
Json mean_now(const RunLog& log, const std::string& column) {
    const auto found = log.columns().find(column);
    if (found == log.columns().end()) return nullptr;
    const std::vector<CurvePoint> points = found->second.points(4096, -1);
    CurvePoint all;
    for (auto it = points.rbegin(); it != points.rend() && all.rows < static_cast<std::int64_t>(kLastRows);
         ++it)
        all.add(*it);
    return all.finite > 0 ? number_or_null(all.values / static_cast<double>(all.finite)) : Json(nullptr);
}

std::int64_t integer_in(const std::map<std::string, std::string>& query, const std::string& key,
                        std::int64_t otherwise, std::int64_t least, std::int64_t most) {
    const auto found = query.find(key);
    if (found == query.end()) return otherwise;
    const std::string& text = found->second;
    std::int64_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    check_usage(error == std::errc() && end == text.data() + text.size() && out >= least && out <= most,
                "{}: {} is no whole number between {} and {}", key, shown(text), least, most);
    return out;
}

Json curve_json(const ThinCurve& curve, std::size_t most, std::int64_t after) {
    Json steps = Json::array(), values = Json::array(), least = Json::array(), greatest = Json::array();
    for (const CurvePoint& point : curve.points(most, after)) {
        const bool any = point.finite > 0;
        steps.push_back(std::round(point.steps / static_cast<double>(point.rows) * 10) / 10);
        values.push_back(any ? number_or_null(point.values / static_cast<double>(point.finite))
                             : Json(nullptr));
        least.push_back(any ? Json(point.least) : Json(nullptr));
        greatest.push_back(any ? Json(point.most) : Json(nullptr));
    }
    return {{"steps", steps}, {"values", values}, {"least", least}, {"most", greatest}};
}

}  // namespace

Target RunShelf::find(const std::string& name) const {
    std::vector<std::string> names;
    for (const Target& target : targets_.all()) {
        if (!target.run) continue;
        if (target.name == name) return target;
        names.push_back(target.name);
    }
    const std::string near = nearest(name, names);
    throw HttpError(404, fmt::format("there is no run {}", shown(name)),
                    near.empty() ? "/api/runs lists them" : fmt::format("did you mean {}?", near));
}

RunShelf::Followed& RunShelf::followed(const Target& run) {
    Followed& out = followed_.try_emplace(run.name, run.path).first->second;
    if (Clock::now() - out.looked < std::chrono::milliseconds(500)) return out;
    out.looked = Clock::now();
    out.log.follow();
    out.training = is_locked(run.path);
    out.sheets.clear();
    for (const auto& [step, file] : sheets_of(run.path)) out.sheets.push_back(step);
    out.checkpoints.clear();
    for (const fs::path& file : checkpoints_of(run.path))
        if (const auto step = step_of(file)) out.checkpoints.push_back(*step);
    struct stat about {};
    if (::stat((run.path / "metrics.jsonl").c_str(), &about) == 0)
        out.updated =
            static_cast<double>(about.st_mtim.tv_sec) + static_cast<double>(about.st_mtim.tv_nsec) * 1e-9;
    if (::stat((run.path / "config.yaml").c_str(), &about) != 0) return out;
    const std::string stamp =
        fmt::format("{} {} {}", about.st_ino, about.st_mtim.tv_sec, about.st_mtim.tv_nsec);
    if (stamp == out.config_stamp) return out;
    try {
        const Settings settings = settings_of_run(run.path);
        out.settings = Json::object();
        for (const auto& [key, value] : settings.items()) out.settings[key] = value;
        out.keys = {{"objective", settings.text("objective.name")},
                    {"network", settings.text("model.name")},
                    {"data", settings.text("data.name")},
                    {"steps", settings.integer("train.steps")}};
        out.config_stamp = stamp;
    } catch (const Error& error) {
        out.keys = {{"objective", ""}, {"network", ""}, {"data", ""}, {"steps", 0}, {"error", error.what()}};
    }
    return out;
}

Json RunShelf::description(const Target& run, const Followed& about) const {
    Json out{{"name", run.name}};
    out.update(about.keys);
    out["training"] = about.training;
    out["step"] = about.log.step();
    out["loss"] = mean_now(about.log, "loss");
    out["ms"] = mean_now(about.log, "ms");
    out["updated"] = about.updated;
    out["model"] = models_.has_model(run.name) ? Json(run.name) : Json(nullptr);
    out["sheets"] = about.sheets;
    out["checkpoints"] = about.checkpoints;
    out["columns"] = Json::array();
    out["scores"] = Json::object();
    for (const auto& [name, curve] : about.log.columns()) {
        out["columns"].push_back(name);
        if (name.find('@') != std::string::npos)
            out["scores"][name] = {{"step", curve.last_step()},
                                   {"value", number_or_null(curve.last_value())}};
    }
    return out;
}

Json RunShelf::list() {
    Json runs = Json::array();
    const std::vector<Target> all = targets_.all();
    const std::lock_guard lock(mutex_);
    for (const Target& target : all) {
        std::error_code error;
        if (target.run && fs::exists(target.path / "config.yaml", error))
            runs.push_back(description(target, followed(target)));
    }
    return {{"runs", runs}};
}

Json RunShelf::one(const std::string& name) {
    const Target run = find(name);
    const std::lock_guard lock(mutex_);
    const Followed& about = followed(run);
    Json out = description(run, about);
    out["settings"] = about.settings;
    return out;
}

Json RunShelf::curves(const std::string& name, const std::map<std::string, std::string>& query) {
    const Target run = find(name);
    for (const auto& [key, value] : query)
        check_usage(key == "columns" || key == "points" || key == "after",
                    "curves has no parameter {}; there are columns, points and after", shown(key));
    const auto most = static_cast<std::size_t>(integer_in(query, "points", 500, 2, 2000));
    const std::int64_t after = integer_in(query, "after", -1, -1, std::int64_t{1} << 53);
    const auto listed = query.find("columns");
    const std::vector<std::string> columns =
        listed == query.end() ? std::vector<std::string>{"loss"} : split_list(listed->second);
    check_usage(!columns.empty() && columns.size() <= 64, "columns: 1 to 64 names are expected");
    const std::lock_guard lock(mutex_);
    const RunLog& log = followed(run).log;
    Json curves = Json::object();
    for (const std::string& column : columns) {
        const auto found = log.columns().find(column);
        if (found == log.columns().end()) {
            std::vector<std::string> names;
            for (const auto& [known, curve] : log.columns()) names.push_back(known);
            throw HttpError(404, fmt::format("{} has no column {}", run.name, shown(column)),
                            names.empty() ? "its log has no rows yet"
                                          : fmt::format("there are {}", fmt::join(names, ", ")));
        }
        curves[column] = curve_json(found->second, most, after);
    }
    return {{"name", run.name}, {"step", log.step()}, {"curves", curves}};
}

std::string RunShelf::sheet(const std::string& name, const std::string& step) {
    const Target run = find(name);
    // The file is one of those that are there: nothing of the request becomes part of a path.
    for (const auto& [known, file] : sheets_of(run.path))
        if (std::to_string(known) == step) return read_file(file, kMostSheetBytes);
    throw HttpError(404, fmt::format("{} has no sheet of step {}", run.name, shown(step)),
                    fmt::format("/api/runs/{} lists them", percent_encoded(run.name)));
}

std::vector<RunState> RunShelf::states() {
    std::vector<RunState> out;
    const std::vector<Target> all = targets_.all();
    const std::lock_guard lock(mutex_);
    for (const Target& target : all) {
        std::error_code error;
        if (!target.run || !fs::exists(target.path / "config.yaml", error)) continue;
        const Followed& about = followed(target);
        out.push_back({target.name,
                       fmt::format("{} {} {} {}", about.log.step(), about.training, about.sheets.size(),
                                   about.checkpoints.empty() ? -1 : about.checkpoints.back()),
                       about.log.step(), about.training});
    }
    return out;
}

}  // namespace mf::serve
